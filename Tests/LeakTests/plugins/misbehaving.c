/*
 * The plugin of the leak tests: one tool for each way to behave badly, or at a bad moment. It is compiled by Tests/kit/plugins.py.
 *
 * AMBIT_LEAK_FOLDER names the test's folder. In it are `journal`, which gets a line for whatever a test has to know afterwards, and
 * the gates: FIFOs that a tool waits at until the test opens them.
 */
#define _GNU_SOURCE
#include <ambit/ambit.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef NAME
#define NAME "misbehaving"
#endif
#define TEXT(literal) {literal, sizeof(literal) - 1}

static const ambit_host *host;
static const ambit_host_call *calls;
static const ambit_host_value *values;
static const ambit_host_scope *scopes;
static const ambit_host_task *tasks;
static const ambit_host_timer *timers;
static const ambit_host_channel *channels;
static const ambit_host_process *processes;
static const ambit_host_registry *registries;
static const ambit_host_reply *replies;
static const ambit_host_listener *listeners;

/* What the tools share with the test. */

static void folder_path(char *out, size_t capacity, const char *name) {
    const char *folder = getenv("AMBIT_LEAK_FOLDER");
    snprintf(out, capacity, "%s/%s", folder ? folder : "/nonexistent", name);
}

static void journal(const char *format, ...) {
    char path[512], line[256];
    folder_path(path, sizeof path, "journal");
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    line[size++] = '\n';
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0 || write(file, line, (size_t)size) != size) abort();
    close(file);
}

/* Blocks until the test opens the gate. */
static void wait_at(const char *gate) {
    char path[512], byte;
    folder_path(path, sizeof path, gate);
    int fifo;
    while ((fifo = open(path, O_RDONLY | O_CLOEXEC)) < 0 && errno == EINTR) continue;
    if (fifo < 0) return; /* the test's folder is gone, and with it the test */
    while (read(fifo, &byte, 1) > 0) continue;
    close(fifo);
}

static int64_t integer_argument(ambit_call call, const char *name, int64_t standard) {
    ambit_value value;
    int64_t out;
    if (values->member(call, 0, (ambit_text){name, strlen(name)}, &value) != AMBIT_OK) return standard;
    return values->integer(call, value, &out) == AMBIT_OK ? out : standard;
}

static const char *string_argument(ambit_call call, const char *name, char *buffer, size_t capacity) {
    ambit_value value;
    uint64_t size = 0;
    buffer[0] = 0;
    if (values->member(call, 0, (ambit_text){name, strlen(name)}, &value) != AMBIT_OK) return buffer;
    if (values->string(call, value, buffer, capacity - 1, &size) != AMBIT_OK || size >= capacity) size = 0;
    buffer[size] = 0;
    return buffer;
}

static ambit_status finish(ambit_call call, const char *format, ...) {
    char json[512];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(json, sizeof json, format, arguments);
    va_end(arguments);
    ambit_content content = {.struct_size = sizeof content, .kind = AMBIT_CONTENT_TEXT, .text = {json, (uint64_t)size}};
    const ambit_content *contents[] = {&content};
    ambit_result result = {.struct_size = sizeof result, .content = contents, .content_count = 1, .structured = {json, (uint64_t)size}};
    return calls->finish(call, &result, NULL);
}

static ambit_scope scope_of(ambit_call call) {
    ambit_call_info info = {.struct_size = sizeof info};
    return calls->info(call, &info) == AMBIT_OK ? info.scope : 0;
}

static void sleep_us(int64_t microseconds) {
    struct timespec time = {microseconds / 1000000, microseconds % 1000000 * 1000};
    nanosleep(&time, NULL);
}

/* hold: never answers. Whoever ends its call ends it. */

static void hold(void *context, ambit_call call) {
    (void)context;
    calls->progress(call, 1, -1, (ambit_text)TEXT("holding"));
}

/* late_finish: a thread of its own, which nobody cancels, answers when the gate `late` is opened. */

static void *finish_late(void *context) {
    wait_at("late");
    journal("late finish %d", finish((ambit_call)(uintptr_t)context, "{}"));
    return NULL;
}

static void late_finish(void *context, ambit_call call) {
    (void)context;
    pthread_t thread;
    calls->progress(call, 1, -1, (ambit_text)TEXT("working"));
    if (pthread_create(&thread, NULL, finish_late, (void *)(uintptr_t)call) == 0) pthread_detach(thread);
}

/* blocks: waits at the gate `block` on a blocking thread; blocks_async: on a thread of the plugin's executor, where nobody may. */

static void blocks(void *context, ambit_call call) {
    (void)context;
    calls->progress(call, 1, -1, (ambit_text)TEXT("blocking"));
    wait_at("block");
    finish(call, "{}");
}

/* runs: says in the journal that it ran. */

static void runs(void *context, ambit_call call) {
    (void)context;
    journal("ran %lld", (long long)integer_argument(call, "number", 0));
    finish(call, "{}");
}

/* receive: blocks until something comes through a channel of its call, which nothing ever does. */

typedef struct reception {
    sem_t done;
    ambit_status status;
} reception;

static void received(void *context, ambit_status status, void *item, uint64_t dropped) {
    reception *self = context;
    (void)item, (void)dropped;
    self->status = status;
    sem_post(&self->done);
}

static void receive(void *context, ambit_call call) {
    (void)context;
    reception self;
    sem_init(&self.done, 0, 0);
    ambit_channel channel;
    ambit_channel_options options = {.struct_size = sizeof options, .label = TEXT("never"), .capacity = 1};
    if (channels->open(scope_of(call), &options, &channel, NULL) != AMBIT_OK) return;
    calls->progress(call, 1, -1, (ambit_text)TEXT("receiving"));
    if (channels->receive(channel, &self, received, NULL) == AMBIT_OK) {
        while (sem_wait(&self.done) < 0) continue;
        journal("received %d", self.status);
    }
    sem_destroy(&self.done);
    finish(call, "{}");
}

/* leave_work: answers at once and leaves a task, a timer, a channel and a finalizer behind in the scope of its call. */

typedef struct left_task {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int cancelled;
} left_task;

static void left_run(void *context, ambit_task task) {
    left_task *self = context;
    (void)task;
    pthread_mutex_lock(&self->lock);
    while (!self->cancelled) pthread_cond_wait(&self->changed, &self->lock);
    pthread_mutex_unlock(&self->lock);
}

static void left_cancel(void *context, const ambit_reason *reason) {
    left_task *self = context;
    (void)reason;
    pthread_mutex_lock(&self->lock);
    self->cancelled = 1;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

static void left_destroyed(void *context) { free(context); }

static void tick(void *context, uint64_t missed) { (void)context, (void)missed; }

static int32_t finalize_nothing(void *context, ambit_finalizer self, const ambit_reason *reason) {
    (void)context, (void)self, (void)reason;
    return AMBIT_FINALIZER_DONE;
}

static int leave_task(ambit_scope scope) {
    uint64_t handle;
    left_task *left = calloc(1, sizeof *left);
    pthread_mutex_init(&left->lock, NULL);
    pthread_cond_init(&left->changed, NULL);
    ambit_task_options task = {.struct_size = sizeof task, .label = TEXT("left behind"), .context = left, .run = left_run,
                               .cancel = left_cancel, .destroyed = left_destroyed};
    int failed = tasks->spawn(scope, &task, &handle, NULL);
    if (failed) free(left);
    return failed;
}

static void leave_work(void *context, ambit_call call) {
    (void)context;
    ambit_scope scope = scope_of(call);
    ambit_timer_options timer = {.struct_size = sizeof timer, .label = TEXT("left behind"), .delay_ns = 3600000000000, .fire = tick};
    ambit_channel_options channel = {.struct_size = sizeof channel, .label = TEXT("left behind"), .capacity = 1};
    ambit_finalizer_options finalizer = {.struct_size = sizeof finalizer, .phase = AMBIT_PHASE_FREE, .label = TEXT("left behind"),
                                         .run = finalize_nothing};
    uint64_t handle;
    int failed = leave_task(scope) | timers->start(scope, &timer, &handle, NULL) | channels->open(scope, &channel, &handle, NULL)
              | scopes->on_close(scope, &finalizer, &handle, NULL);
    finish(call, "{\"failed\":%d}", failed);
}

/* start: runs a line for the shell in a scope of the plugin, with a grace of `grace_ms`; with `stop_ms` it is stopped at once.
 * stop: stops the one that was started last. */

static atomic_uint_least64_t last_process;

static ambit_status start_process(ambit_scope scope, const char *line, int64_t grace_ns, ambit_process *out, ambit_error *error) {
    ambit_bytes arguments[] = {
        {(const uint8_t *)"/bin/sh", 7}, {(const uint8_t *)"-c", 2}, {(const uint8_t *)line, strlen(line)}};
    ambit_process_options options = {.struct_size = sizeof options, .label = TEXT("started"), .arguments = arguments,
                                     .arguments_count = 3, .grace_ns = grace_ns};
    return processes->start(scope, &options, out, error);
}

static void start(void *context, ambit_call call) {
    (void)context;
    char line[512];
    ambit_process process = 0;
    ambit_error error = {.struct_size = sizeof error};
    int64_t stop_ms = integer_argument(call, "stop_ms", -1);
    ambit_status status = start_process(host->scope, string_argument(call, "line", line, sizeof line),
                                        integer_argument(call, "grace_ms", 2000) * 1000000, &process, &error);
    if (status == AMBIT_OK && stop_ms >= 0) processes->stop(process, stop_ms * 1000000 + 1);
    atomic_store(&last_process, process);
    finish(call, "{\"status\":%d}", status);
}

static void stop(void *context, ambit_call call) {
    (void)context;
    finish(call, "{\"status\":%d}",
           processes->stop(atomic_load(&last_process), integer_argument(call, "grace_ms", 100) * 1000000));
}

/* race_start: starts processes in scopes that another thread closes at that moment, a little later each time. */

typedef struct race {
    sem_t begin, done;
    ambit_scope scope;
    int64_t delay_us;
    int ended;
} race;

static void race_done(void *context, const ambit_report *report) {
    (void)report;
    sem_post(&((race *)context)->done);
}

static void *race_close(void *context) {
    race *self = context;
    for (;;) {
        while (sem_wait(&self->begin) < 0) continue;
        if (self->ended) return NULL;
        sleep_us(self->delay_us);
        ambit_reason reason = {.struct_size = sizeof reason, .kind = AMBIT_REASON_CANCELLED, .by = TEXT("race")};
        if (scopes->close(self->scope, &reason, self, race_done, NULL) != AMBIT_OK) sem_post(&self->done);
    }
}

static void race_start(void *context, ambit_call call) {
    (void)context;
    int64_t times = integer_argument(call, "times", 50), spread_us = integer_argument(call, "spread_us", 2000);
    int64_t committed = 0, closed = 0, other = 0;
    race self = {0};
    sem_init(&self.begin, 0, 0);
    sem_init(&self.done, 0, 0);
    pthread_t thread;
    if (pthread_create(&thread, NULL, race_close, &self) != 0) return;
    for (int64_t i = 0; i < times; i++) {
        ambit_process process;
        if (scopes->open(host->scope, (ambit_text)TEXT("race"), &self.scope, NULL) != AMBIT_OK) break;
        self.delay_us = spread_us * i / times;
        sem_post(&self.begin);
        ambit_status status = start_process(self.scope, "exec sleep 1000", 100000000, &process, NULL);
        if (status == AMBIT_OK) committed++;
        else if (status == AMBIT_CLOSED || status == AMBIT_STALE_HANDLE) closed++;
        else other++;
        while (sem_wait(&self.done) < 0) continue;
    }
    self.ended = 1;
    sem_post(&self.begin);
    pthread_join(thread, NULL);
    finish(call, "{\"committed\":%lld,\"closed\":%lld,\"other\":%lld}", (long long)committed, (long long)closed, (long long)other);
}

/* finalizers: registers finalizers in the scope of its call, one for each letter of `plan`, and answers. They run in reverse:
 * d: done; f: fails; h: hangs at the gate `hang`; p: is pending until `release`; a: tries to acquire something of each kind. */

static ambit_scope finalized_scope; /* of the last call of `finalizers` or `remember` */
static atomic_uint_least64_t pending_finalizer;

static void try_everything(ambit_scope scope, const char *when) {
    uint64_t handle;
    ambit_timer_options timer = {.struct_size = sizeof timer, .label = TEXT("too late"), .delay_ns = 3600000000000, .fire = tick};
    ambit_channel_options channel = {.struct_size = sizeof channel, .label = TEXT("too late"), .capacity = 1};
    ambit_finalizer_options finalizer = {.struct_size = sizeof finalizer, .phase = AMBIT_PHASE_FREE, .label = TEXT("too late"),
                                         .run = finalize_nothing};
    ambit_task_options adopted = {.struct_size = sizeof adopted, .label = TEXT("too late")};
    left_task *left = calloc(1, sizeof *left);
    pthread_mutex_init(&left->lock, NULL);
    pthread_cond_init(&left->changed, NULL);
    ambit_task_options spawned = {.struct_size = sizeof spawned, .label = TEXT("too late"), .context = left, .run = left_run,
                                  .cancel = left_cancel, .destroyed = left_destroyed};
    journal("%s: scope %d timer %d channel %d finalizer %d adopt %d spawn %d process %d", when,
            scopes->open(scope, (ambit_text)TEXT("too late"), &handle, NULL), timers->start(scope, &timer, &handle, NULL),
            channels->open(scope, &channel, &handle, NULL), scopes->on_close(scope, &finalizer, &handle, NULL),
            tasks->adopt(scope, &adopted, &handle, NULL), tasks->spawn(scope, &spawned, &handle, NULL),
            start_process(scope, "exec sleep 1000", 100000000, &handle, NULL));
}

static int32_t finalize(void *context, ambit_finalizer self, const ambit_reason *reason) {
    char letter = (char)(uintptr_t)context;
    (void)reason;
    if (letter == 'h') wait_at("hang");
    if (letter == 'a') try_everything(finalized_scope, "finalizer");
    if (letter == 'p') atomic_store(&pending_finalizer, self);
    journal("finalizer %c", letter);
    return letter == 'p' ? AMBIT_FINALIZER_PENDING : letter == 'f' ? AMBIT_FINALIZER_FAILED : AMBIT_FINALIZER_DONE;
}

static void finalizers(void *context, ambit_call call) {
    (void)context;
    char plan[64];
    finalized_scope = scope_of(call);
    for (const char *letter = string_argument(call, "plan", plan, sizeof plan); *letter; letter++) {
        ambit_finalizer handle;
        ambit_finalizer_options options = {.struct_size = sizeof options, .phase = AMBIT_PHASE_FREE, .label = {letter, 1},
                                           .context = (void *)(uintptr_t)*letter, .run = finalize};
        scopes->on_close(finalized_scope, &options, &handle, NULL);
    }
    finish(call, "{}");
}

static void release(void *context, ambit_call call) {
    (void)context;
    finish(call, "{\"status\":%d}", scopes->finished(atomic_load(&pending_finalizer), AMBIT_OK));
}

/* remember: answers, and keeps the handle of its scope. use_remembered: tries to acquire something of each kind in it. */

static void remember(void *context, ambit_call call) {
    (void)context;
    finalized_scope = scope_of(call);
    finish(call, "{}");
}

static void use_remembered(void *context, ambit_call call) {
    (void)context;
    try_everything(finalized_scope, "remembered");
    finish(call, "{}");
}

/* children: opens and closes scopes inside the plugin's. */

static void children(void *context, ambit_call call) {
    (void)context;
    int64_t times = integer_argument(call, "times", 1000), failed = 0;
    for (int64_t i = 0; i < times; i++) {
        ambit_scope scope;
        ambit_reason reason = {.struct_size = sizeof reason, .kind = AMBIT_REASON_COMPLETED, .by = TEXT("children")};
        failed += scopes->open(host->scope, (ambit_text)TEXT("child"), &scope, NULL) != AMBIT_OK
                  || scopes->close(scope, &reason, NULL, NULL, NULL) != AMBIT_OK;
    }
    finish(call, "{\"failed\":%lld}", (long long)failed);
}

/* timers: fast timers in the scope of its call, until that ends. late_ticks: ticks so far, and those that came after `destroyed`. */

typedef struct ticking {
    atomic_int dead;
} ticking;

enum { most_ticking = 4096 };
static ticking tickings[most_ticking]; /* never reused: a late tick must find the mark */
static atomic_int ticking_count, destroyed_count;
static atomic_llong ticks, late_ticks;

static void ticking_fire(void *context, uint64_t missed) {
    (void)missed;
    atomic_fetch_add(&ticks, 1);
    if (atomic_load(&((ticking *)context)->dead)) atomic_fetch_add(&late_ticks, 1);
}

static void ticking_destroyed(void *context) {
    atomic_store(&((ticking *)context)->dead, 1);
    atomic_fetch_add(&destroyed_count, 1);
}

static void start_timers(void *context, ambit_call call) {
    (void)context;
    ambit_scope scope = scope_of(call);
    int64_t count = integer_argument(call, "count", 100), period_us = integer_argument(call, "period_us", 500);
    for (int64_t i = 0; i < count; i++) {
        int index = atomic_fetch_add(&ticking_count, 1);
        if (index >= most_ticking) break;
        ambit_timer handle;
        ambit_timer_options options = {.struct_size = sizeof options, .label = TEXT("fast"), .delay_ns = period_us * 1000,
                                       .period_ns = period_us * 1000, .context = &tickings[index], .fire = ticking_fire,
                                       .destroyed = ticking_destroyed};
        if (timers->start(scope, &options, &handle, NULL) != AMBIT_OK) ticking_destroyed(&tickings[index]);
    }
    calls->progress(call, 1, -1, (ambit_text)TEXT("ticking"));
}

static void count_ticks(void *context, ambit_call call) {
    (void)context;
    int alive = atomic_load(&ticking_count) - atomic_load(&destroyed_count);
    finish(call, "{\"ticks\":%lld,\"late\":%lld,\"alive\":%d}", atomic_load(&ticks), atomic_load(&late_ticks), alive);
}

/* register: offers a tool to everybody and takes it back, again and again. */

static atomic_int withdrawn_count;
static void withdrawn(void *context) { (void)context, atomic_fetch_add(&withdrawn_count, 1); }
static void comes_and_goes(void *context, ambit_call call) { (void)context, finish(call, "{\"here\":true}"); }

static void register_again(void *context, ambit_call call) {
    (void)context;
    static const ambit_tool tool = {
        .struct_size = sizeof tool, .execution = AMBIT_TOOL_ASYNC, .name = TEXT("comes_and_goes"),
        .description = TEXT("Here now, gone soon."), .input_schema = TEXT("{\"type\":\"object\"}"), .invoke = comes_and_goes};
    int64_t times = integer_argument(call, "times", 200), failed = 0;
    atomic_store(&withdrawn_count, 0);
    for (int64_t i = 0; i < times; i++) {
        ambit_registration registration;
        ambit_tool_registration options = {.struct_size = sizeof options, .tool = &tool, .destroyed = withdrawn};
        if (registries->add_tool(host->scope, &options, &registration, NULL) != AMBIT_OK) {
            failed++;
            continue;
        }
        sleep_us(500);
        failed += registries->remove(registration) != AMBIT_OK;
    }
    for (int i = 0; i < 2000 && atomic_load(&withdrawn_count) < times - failed; i++) sleep_us(1000);
    finish(call, "{\"failed\":%lld,\"destroyed\":%d}", (long long)failed, atomic_load(&withdrawn_count));
}

/* evaluate: opens `count` reply slots at once, which are answered once, twice, at the time-out, by a stranger or never, or whose target
 * dies. Says how many had another outcome than they must, more than one, or none. */

enum { ANSWERED, ANSWERED_TWICE, ANSWERED_AT_TIMEOUT, ANSWERED_BY_STRANGER, NEVER_ANSWERED, TARGET_DIES, EVALUATION_KINDS };

typedef struct evaluation {
    char id[AMBIT_REPLY_ID_CAPACITY];
    ambit_reply reply;
    int64_t opened, ended;
    atomic_int outcomes;
    int status, is_payload_right;
} evaluation;

static void evaluated(void *context, const ambit_reply_result *result) {
    evaluation *self = context;
    self->status = result->status;
    self->is_payload_right = result->payload.size == strlen(self->id) && memcmp(result->payload.data, self->id, strlen(self->id)) == 0;
    self->ended = timers->now(host->handle);
    atomic_fetch_add(&self->outcomes, 1);
}

static ambit_status answer_evaluation(const evaluation *self) {
    ambit_text id = {self->id, strlen(self->id)};
    return replies->resolve(host->handle, id, (ambit_bytes){(const uint8_t *)self->id, id.size}, NULL);
}

static int is_right(const evaluation *self, int kind, int64_t timeout_ns) {
    if (kind == ANSWERED || kind == ANSWERED_TWICE) return self->status == AMBIT_OK && self->is_payload_right;
    if (kind == TARGET_DIES) return self->status == AMBIT_CLOSED && self->ended - self->opened < timeout_ns;
    int is_timeout = self->status == AMBIT_TIMED_OUT && self->ended - self->opened >= timeout_ns;
    return is_timeout || (kind == ANSWERED_AT_TIMEOUT && self->status == AMBIT_OK && self->is_payload_right);
}

static void evaluate(void *context, ambit_call call) {
    (void)context;
    int64_t count = integer_argument(call, "count", 1000), timeout_ns = integer_argument(call, "timeout_ms", 500) * 1000000;
    int64_t refused = 0, wrong = 0, several = 0, pending = 0;
    ambit_scope scope = scope_of(call), target;
    evaluation *all = calloc((size_t)count, sizeof *all);
    if (scopes->open(host->scope, (ambit_text)TEXT("target"), &target, NULL) != AMBIT_OK) refused++;
    for (int64_t i = 0; i < count; i++) {
        ambit_reply_options options = {.struct_size = sizeof options, .label = TEXT("evaluation"), .timeout_ns = timeout_ns,
                                       .target = i % EVALUATION_KINDS == TARGET_DIES ? target : 0};
        all[i].opened = timers->now(host->handle);
        if (replies->open(scope, &options, &all[i].reply, all[i].id, NULL) != AMBIT_OK
            || replies->wait(all[i].reply, &all[i], evaluated, NULL, NULL) != AMBIT_OK)
            refused++;
    }
    for (int64_t i = 0; i < count; i++) {
        int kind = i % EVALUATION_KINDS;
        evaluation stranger = all[i];
        stranger.id[0] = stranger.id[0] == '0' ? '1' : '0';
        if (kind == ANSWERED || kind == ANSWERED_TWICE) refused += answer_evaluation(&all[i]) != AMBIT_OK;
        if (kind == ANSWERED_TWICE) wrong += answer_evaluation(&all[i]) != AMBIT_NOT_FOUND;
        if (kind == ANSWERED_BY_STRANGER) wrong += answer_evaluation(&stranger) != AMBIT_NOT_FOUND;
    }
    ambit_reason reason = {.struct_size = sizeof reason, .kind = AMBIT_REASON_OWNER_DIED, .by = TEXT("target")};
    scopes->close(target, &reason, NULL, NULL, NULL);
    for (int64_t i = ANSWERED_AT_TIMEOUT; i < count; i += EVALUATION_KINDS) {
        int64_t at = all[i].opened + timeout_ns + (i / EVALUATION_KINDS % 5 - 2) * 1000000, now = timers->now(host->handle);
        if (at > now) sleep_us((at - now) / 1000);
        answer_evaluation(&all[i]);
    }
    /* The time-out of the last has passed; what is pending now will be for ever. */
    for (int64_t wait = 0; wait < 2000; wait++) {
        pending = 0;
        for (int64_t i = 0; i < count; i++) pending += atomic_load(&all[i].outcomes) == 0;
        if (pending == 0 && wait >= 50) break;
        sleep_us(1000);
    }
    for (int64_t i = 0; i < count; i++) {
        several += atomic_load(&all[i].outcomes) > 1;
        wrong += atomic_load(&all[i].outcomes) == 1 && !is_right(&all[i], i % EVALUATION_KINDS, timeout_ns);
    }
    if (pending == 0) free(all); /* else a late outcome finds its memory */
    finish(call, "{\"refused\":%lld,\"wrong\":%lld,\"several\":%lld,\"pending\":%lld}", (long long)refused, (long long)wrong,
           (long long)several, (long long)pending);
}

/* own: the plugin's own scope gets a program with a child, a task on a thread, a timer, a finalizer and a port to listen at. */

static void own(void *context, ambit_call call) {
    (void)context;
    int32_t port = 0;
    uint64_t handle;
    ambit_timer_options timer = {.struct_size = sizeof timer, .label = TEXT("owned"), .delay_ns = 3600000000000, .fire = tick};
    ambit_finalizer_options finalizer = {.struct_size = sizeof finalizer, .phase = AMBIT_PHASE_FREE, .label = TEXT("owned"),
                                         .run = finalize_nothing};
    ambit_listener_options listener = {.struct_size = sizeof listener, .label = TEXT("owned")};
    int failed = start_process(host->scope, "sleep 1000 & exec sleep 1000", 100000000, &handle, NULL)
                 | leave_task(host->scope) | timers->start(host->scope, &timer, &handle, NULL)
                 | scopes->on_close(host->scope, &finalizer, &handle, NULL)
                 | listeners->open(host->scope, &listener, &handle, &port, NULL);
    finish(call, "{\"failed\":%d,\"port\":%d}", failed, port);
}

/* The plugin. */

#define TOOL(n, e, f)                                                                                                          \
    {.struct_size = sizeof(ambit_tool), .execution = AMBIT_TOOL_##e, .name = TEXT(n), .description = TEXT("See misbehaving.c."), \
     .input_schema = TEXT("{\"type\":\"object\"}"), .idle_limit_ns = -1, .total_limit_ns = -1, .invoke = f}
static const ambit_tool list[] = {
    TOOL("hold", ASYNC, hold),
    TOOL("late_finish", ASYNC, late_finish),
    TOOL("blocks", BLOCKING, blocks),
    TOOL("blocks_async", ASYNC, blocks),
    TOOL("runs", BLOCKING, runs),
    TOOL("receive", BLOCKING, receive),
    TOOL("leave_work", ASYNC, leave_work),
    TOOL("start", ASYNC, start),
    TOOL("stop", ASYNC, stop),
    TOOL("race_start", BLOCKING, race_start),
    TOOL("finalizers", ASYNC, finalizers),
    TOOL("release", ASYNC, release),
    TOOL("remember", ASYNC, remember),
    TOOL("use_remembered", ASYNC, use_remembered),
    TOOL("children", BLOCKING, children),
    TOOL("timers", ASYNC, start_timers),
    TOOL("count_ticks", INLINE, count_ticks),
    TOOL("register", BLOCKING, register_again),
    TOOL("evaluate", BLOCKING, evaluate),
    TOOL("own", ASYNC, own),
};

static uint64_t count(void *plugin) { return (void)plugin, sizeof list / sizeof *list; }
static const ambit_tool *at(void *plugin, uint64_t index) { return (void)plugin, &list[index]; }
static const ambit_plugin_tools tool_table = {.struct_size = sizeof tool_table, .count = count, .get = at};

static const void *extension(void *context, const char *id) {
    return (void)context, strcmp(id, AMBIT_EXT_TOOLS) == 0 ? &tool_table : NULL;
}

static ambit_status activate(void *context, ambit_error *error) {
    (void)context;
    if (getenv("AMBIT_LEAK_ACTIVATE_FAILS") == NULL) return AMBIT_OK;
    if (error) strcpy(error->text, "the test wants it so");
    return AMBIT_FAILED;
}

static void destroy(void *context) { (void)context; }
static const ambit_plugin plugin = {
    .struct_size = sizeof plugin, .get_extension = extension, .activate = activate, .destroy = destroy};

static int was_created;
/* What the destructors of a C++ or Swift library would do to the plugin's data. */
__attribute__((destructor)) static void statics_are_gone(void) {
    if (was_created) journal("statics are gone");
}

static ambit_status create(const ambit_plugin_descriptor *self, const ambit_host *given, ambit_text config, const ambit_plugin **out,
                           ambit_error *error) {
    (void)self, (void)config, (void)error;
    if (getenv("AMBIT_LEAK_CREATE_WAITS") != NULL) wait_at("create");
    was_created = 1;
    host = given;
    calls = host->get_extension(host->handle, AMBIT_EXT_CALL);
    values = host->get_extension(host->handle, AMBIT_EXT_VALUE);
    scopes = host->get_extension(host->handle, AMBIT_EXT_SCOPE);
    tasks = host->get_extension(host->handle, AMBIT_EXT_TASK);
    timers = host->get_extension(host->handle, AMBIT_EXT_TIMER);
    channels = host->get_extension(host->handle, AMBIT_EXT_CHANNEL);
    processes = host->get_extension(host->handle, AMBIT_EXT_PROCESS);
    registries = host->get_extension(host->handle, AMBIT_EXT_REGISTRY);
    replies = host->get_extension(host->handle, AMBIT_EXT_REPLY);
    listeners = host->get_extension(host->handle, AMBIT_EXT_LISTENER);
    *out = &plugin;
    return calls && values && scopes && tasks && timers && channels && processes && registries && replies && listeners
               ? AMBIT_OK
               : AMBIT_UNSUPPORTED;
}

static const ambit_plugin_descriptor descriptor = {
    .struct_size = sizeof descriptor, .abi_major = AMBIT_ABI_MAJOR, .abi_minor = AMBIT_ABI_MINOR,
    .permissions = AMBIT_PERMISSION_PROCESS | AMBIT_PERMISSION_NETWORK, .toolchain = TEXT("c"), .name = TEXT(NAME), .version = TEXT("1.0.0"),
    .summary = TEXT("Misbehaves, for the leak tests."), .create = create};

__attribute__((visibility("default"))) const ambit_plugin_descriptor *ambit_plugin_entry(void);
const ambit_plugin_descriptor *ambit_plugin_entry(void) { return &descriptor; }
