/* A plugin that calls every function of the ABI: one tool for each table of the host. A tool answers "ok", or the line that was not as it should be. */

#include <ambit/ambit.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TEXT(literal) ((ambit_text){literal, sizeof(literal) - 1})
#define SIZED(type) ((type){.struct_size = sizeof(type)})

typedef struct exerciser {
    ambit_plugin interface;
    const ambit_host *host;
    const ambit_host_arena *arena;
    const ambit_host_ask *ask;
    const ambit_host_bus *bus;
    const ambit_host_call *call;
    const ambit_host_context *context;
    const ambit_host_directory *directory;
    const ambit_host_kind *kind;
    const ambit_host_lease *lease;
    const ambit_host_log *log;
    const ambit_host_metrics *metrics;
    const ambit_host_paths *paths;
    const ambit_host_process *process;
    const ambit_host_registry *registry;
    const ambit_host_reply *reply;
    const ambit_host_result *result;
    const ambit_host_scope *scope;
    const ambit_host_session *session;
    const ambit_host_task *task;
    const ambit_host_timer *timer;
    const ambit_host_value *value;
} exerciser;

/* One run of a tool: what its callbacks have seen, and the first thing that was wrong. */
typedef struct run {
    const exerciser *plugin;
    ambit_call call;
    ambit_scope scope;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int seen[16];
    ambit_status status;
    ambit_finalizer pending;
    ambit_lease lease;
    ambit_build build;
    void *value;
    char text[256];
    int line;
    char wrong[200];
} run;

static void note(void *context, int what) {
    run *self = context;
    pthread_mutex_lock(&self->lock);
    self->seen[what]++;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

/* Waits until a callback has come so often; ten seconds are long enough for a broken one only. */
static int await(run *self, int what, int count) {
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 10;
    pthread_mutex_lock(&self->lock);
    while (self->seen[what] < count && pthread_cond_timedwait(&self->changed, &self->lock, &end) == 0) {}
    int seen = self->seen[what];
    pthread_mutex_unlock(&self->lock);
    return seen == count;
}

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            self->line = __LINE__;                                                                                     \
            snprintf(self->wrong, sizeof self->wrong, "%s", #condition);                                               \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

static ambit_error failure(void) { return SIZED(ambit_error); }

/* ---- scope */

enum { CLOSED, RAN, DESTROYED, JOB, TICK, DONE, STARTED, EXITED, WRITTEN, CALLED };

static void closed(void *context, const ambit_report *report) {
    run *self = context;
    self->status = report->abandoned == 0 && report->failed == 0 && report->duration_ns >= 0 ? AMBIT_OK : AMBIT_FAILED;
    note(self, CLOSED);
}
static int32_t finalize(void *context, ambit_finalizer self, const ambit_reason *reason) {
    (void)self;
    if (reason->text.size == 4 && memcmp(reason->text.data, "over", 4) == 0) note(context, RAN);
    return AMBIT_FINALIZER_DONE;
}
static int32_t finalize_later(void *context, ambit_finalizer self, const ambit_reason *reason) {
    (void)reason;
    ((run *)context)->pending = self;
    note(context, RAN);
    return AMBIT_FINALIZER_PENDING;
}
static void destroyed(void *context) { note(context, DESTROYED); }

static void exercise_scope(run *self) {
    const ambit_host_scope *scope = self->plugin->scope;
    ambit_error error = failure();
    ambit_scope child = 0;
    int32_t state = -1;
    CHECK(scope->open(self->scope, TEXT("child"), &child, &error) == AMBIT_OK && child != 0);
    CHECK(scope->state(child, &state) == AMBIT_OK && state == AMBIT_SCOPE_OPEN);
    ambit_finalizer_options options = SIZED(ambit_finalizer_options);
    options.phase = AMBIT_PHASE_FREE;
    options.label = TEXT("last");
    options.context = self;
    options.run = finalize;
    options.destroyed = destroyed;
    ambit_finalizer finalizer = 0, removed = 0, waited = 0;
    CHECK(scope->on_close(child, &options, &finalizer, &error) == AMBIT_OK);
    CHECK(scope->on_close(child, &options, &removed, &error) == AMBIT_OK);
    CHECK(scope->remove(removed) == AMBIT_OK && await(self, DESTROYED, 1));
    CHECK(scope->on_close(child, &options, &waited, &error) == AMBIT_OK);
    CHECK(scope->release_wait(waited, 10000000000, &error) == AMBIT_OK && await(self, DESTROYED, 2));
    options.run = finalize_later;
    CHECK(scope->on_close(child, &options, &finalizer, &error) == AMBIT_OK);
    CHECK(scope->close(self->scope, NULL, NULL, NULL, &error) == AMBIT_DENIED && error.code == AMBIT_DENIED && error.text[0] != 0);
    ambit_reason reason = SIZED(ambit_reason);
    reason.kind = AMBIT_REASON_COMPLETED;
    reason.by = TEXT("exerciser");
    reason.text = TEXT("over");
    CHECK(scope->close(child, &reason, self, closed, &error) == AMBIT_OK);
    CHECK(await(self, RAN, 1));
    CHECK(scope->finished(self->pending, AMBIT_OK) == AMBIT_OK);
    CHECK(await(self, CLOSED, 1) && await(self, RAN, 2) && await(self, DESTROYED, 4) && self->status == AMBIT_OK);
    CHECK(scope->state(child, &state) == AMBIT_OK && state == AMBIT_SCOPE_CLOSED);
    CHECK(scope->open(child, TEXT("late"), &child, &error) == AMBIT_STALE_HANDLE);
}

/* ---- task */

static void job(void *context) { note(context, JOB); }
static void run_task(void *context, ambit_task self) {
    (void)self;
    note(context, RAN);
}
static void cancel_task(void *context, const ambit_reason *reason) {
    if (reason->struct_size == sizeof *reason) note(context, DONE);
}

static void exercise_task(run *self) {
    const ambit_host_task *task = self->plugin->task;
    ambit_error error = failure();
    CHECK(task->post(self->plugin->host->handle, self, job) == AMBIT_OK && await(self, JOB, 1));
    ambit_task_options options = SIZED(ambit_task_options);
    options.label = TEXT("work");
    options.context = self;
    options.run = run_task;
    options.cancel = cancel_task;
    options.destroyed = destroyed;
    ambit_task handle = 0;
    CHECK(task->spawn(self->scope, &options, &handle, &error) == AMBIT_OK);
    CHECK(await(self, RAN, 1) && await(self, DESTROYED, 1));
    CHECK(task->adopt(self->scope, &options, &handle, &error) == AMBIT_INVALID_ARGUMENT);
    options.run = NULL;
    CHECK(task->adopt(self->scope, &options, &handle, &error) == AMBIT_OK);
    CHECK(task->cancel(handle) == AMBIT_OK && await(self, DONE, 1));
    CHECK(task->finished(handle) == AMBIT_OK && await(self, DESTROYED, 2));
    CHECK(task->finished(handle) == AMBIT_STALE_HANDLE);
}

/* ---- timer */

static void tick(void *context, uint64_t missed) {
    (void)missed;
    note(context, TICK);
}

static void exercise_timer(run *self) {
    const ambit_host_timer *timer = self->plugin->timer;
    ambit_error error = failure();
    CHECK(timer->now(self->plugin->host->handle) > 0);
    ambit_timer_options options = SIZED(ambit_timer_options);
    options.label = TEXT("once");
    options.context = self;
    options.fire = tick;
    options.destroyed = destroyed;
    ambit_timer handle = 0;
    CHECK(timer->start(self->scope, &options, &handle, &error) == AMBIT_OK);
    CHECK(await(self, TICK, 1) && await(self, DESTROYED, 1));
    options.delay_ns = 3600000000000;
    CHECK(timer->start(self->scope, &options, &handle, &error) == AMBIT_OK);
    CHECK(timer->cancel(handle) == AMBIT_OK && await(self, DESTROYED, 2));
}

/* ---- bus */

static void event(void *context, ambit_status status, const ambit_event *event) {
    run *self = context;
    self->status = status;
    if (event != NULL) snprintf(self->text, sizeof self->text, "%.*s", (int)event->payload.size, (const char *)event->payload.data);
    note(self, DONE);
}

static void exercise_bus(run *self) {
    const ambit_host_bus *bus = self->plugin->bus;
    ambit_error error = failure();
    ambit_subscribe_options options = SIZED(ambit_subscribe_options);
    options.overflow = AMBIT_OVERFLOW_DROP_OLDEST;
    options.topic = TEXT("news");
    options.capacity = 4;
    ambit_subscription subscription = 0;
    uint64_t waiter = 0;
    CHECK(bus->subscribe(self->scope, &options, &subscription, &error) == AMBIT_OK);
    CHECK(bus->publish(self->plugin->host->handle, TEXT("news"), TEXT("k"), (ambit_bytes){(const uint8_t *)"a\0b", 3}, 0, &error) == AMBIT_OK);
    CHECK(bus->next(subscription, self, event, &waiter) == AMBIT_OK && await(self, DONE, 1));
    CHECK(self->status == AMBIT_OK && memcmp(self->text, "a", 2) == 0);
    CHECK(bus->next(subscription, self, event, &waiter) == AMBIT_OK);
    CHECK(bus->cancel_wait(subscription, waiter) == AMBIT_OK && await(self, DONE, 2) && self->status == AMBIT_CANCELLED);
    CHECK(bus->close(subscription) == AMBIT_OK);
    CHECK(bus->next(subscription, self, event, &waiter) == AMBIT_STALE_HANDLE);
}

/* ---- process */

static void info_done(void *context, const ambit_process_info *info) {
    run *self = context;
    self->status = info->exit_code;
    note(self, info->state == AMBIT_PROCESS_EXITED ? EXITED : STARTED);
}
static void read_done(void *context, ambit_status status, int32_t stream, ambit_bytes chunk) {
    run *self = context;
    self->status = status;
    if (status == AMBIT_OK && stream == AMBIT_STREAM_OUTPUT)
        snprintf(self->text, sizeof self->text, "%.*s", (int)chunk.size, (const char *)chunk.data);
    note(self, DONE);
}
static void written(void *context, ambit_status status) {
    ((run *)context)->status = status;
    note(context, WRITTEN);
}

static void exercise_process(run *self) {
    const ambit_host_process *process = self->plugin->process;
    ambit_error error = failure();
    ambit_bytes arguments[] = {{(const uint8_t *)"/bin/sh", 7}, {(const uint8_t *)"-c", 2}, {(const uint8_t *)"cat; echo $X; exit 3", 20}};
    ambit_bytes environment[] = {{(const uint8_t *)"X=y", 3}};
    ambit_process_options options = SIZED(ambit_process_options);
    options.flags = AMBIT_PROCESS_STDIN;
    options.label = TEXT("cat");
    options.arguments = arguments;
    options.arguments_count = 3;
    options.environment = environment;
    options.environment_count = 1;
    options.directory = (ambit_bytes){(const uint8_t *)"/", 1};
    ambit_process handle = 0;
    CHECK(process->start(self->scope, &options, &handle, &error) == AMBIT_OK);
    CHECK(process->wait_started(handle, self, info_done) == AMBIT_OK && await(self, STARTED, 1));
    ambit_process_info info = SIZED(ambit_process_info);
    CHECK(process->info(handle, &info) == AMBIT_OK && info.pid > 0 && info.state == AMBIT_PROCESS_RUNNING);
    CHECK(process->forget(handle) == AMBIT_INVALID_ARGUMENT);
    CHECK(process->write(handle, (ambit_bytes){(const uint8_t *)"hello\n", 6}, self, written) == AMBIT_OK && await(self, WRITTEN, 1));
    CHECK(process->read(handle, self, read_done) == AMBIT_OK && await(self, DONE, 1) && strcmp(self->text, "hello\n") == 0);
    CHECK(process->close_input(handle) == AMBIT_OK);
    CHECK(process->read(handle, self, read_done) == AMBIT_OK && await(self, DONE, 2) && strcmp(self->text, "y\n") == 0);
    CHECK(process->read(handle, self, read_done) == AMBIT_OK && await(self, DONE, 3) && self->status == AMBIT_CLOSED);
    CHECK(process->wait(handle, self, info_done) == AMBIT_OK && await(self, EXITED, 1) && self->status == 3);
    CHECK(process->forget(handle) == AMBIT_OK && process->info(handle, &info) == AMBIT_STALE_HANDLE);
    arguments[2] = (ambit_bytes){(const uint8_t *)"sleep 1000", 10};
    CHECK(process->start(self->scope, &options, &handle, &error) == AMBIT_OK);
    CHECK(process->wait_started(handle, self, info_done) == AMBIT_OK && await(self, STARTED, 2));
    CHECK(process->signal(handle, 18) == AMBIT_OK && process->stop(handle, 0) == AMBIT_OK);
    CHECK(process->wait(handle, self, info_done) == AMBIT_OK && await(self, EXITED, 2));
}

/* ---- call, context, ask, session, value, log, metrics, paths */

static void ready(void *context, ambit_status status) {
    ((run *)context)->status = status;
    note(context, DONE);
}
static void answered(void *context, const ambit_answer *const *answers, uint64_t count) {
    (void)answers;
    (void)count;
    note(context, DONE);
}

static void exercise_call(run *self) {
    const ambit_host_call *call = self->plugin->call;
    ambit_error error = failure();
    CHECK(call->progress(self->call, 1, 2, TEXT("half")) == AMBIT_OK);
    CHECK(call->log(self->call, AMBIT_LOG_WARNING, TEXT("exerciser"), TEXT("{\"a\":1}")) == AMBIT_OK);
    CHECK(call->writable(self->call, self, ready) == AMBIT_OK && await(self, DONE, 1) && self->status == AMBIT_OK);
    CHECK(call->fail(1, -1, TEXT("x"), TEXT(""), &error) == AMBIT_STALE_HANDLE);
}

static void exercise_context(run *self) {
    ambit_context_info info = SIZED(ambit_context_info);
    CHECK(self->plugin->context->get(self->call, &info) == AMBIT_OK);
    CHECK(info.protocol_version.size == 10 && info.client_capabilities.data[0] == '{' && info.deadline_ns > 0);
    struct { uint32_t struct_size; int32_t era; uint64_t canary; } older = {8, -1, 0x5A5A5A5A5A5A5A5A};
    CHECK(self->plugin->context->get(self->call, (ambit_context_info *)&older) == AMBIT_OK);
    CHECK(older.era == info.era && older.canary == 0x5A5A5A5A5A5A5A5A && older.struct_size == 8);
    ambit_error error = failure();
    ambit_ask_item item = SIZED(ambit_ask_item);
    item.key = TEXT("name");
    item.params = TEXT("{}");
    const ambit_ask_item *items[] = {&item};
    CHECK(self->plugin->ask->ask(self->call, items, 1, self, answered, &error) == AMBIT_UNSUPPORTED && error.text[0] != 0);
}

static void exercise_session(run *self) {
    const ambit_host_session *session = self->plugin->session;
    ambit_error error = failure();
    ambit_session_info info = SIZED(ambit_session_info), again = SIZED(ambit_session_info);
    CHECK(session->find_or_mint(self->call, TEXT(""), 60000000000, &info, &error) == AMBIT_OK && info.scope != 0);
    CHECK(session->find(self->call, TEXT("h_nobody"), &again, &error) == AMBIT_NOT_FOUND);
    if (info.kind == AMBIT_SESSION_HANDLE) {
        ambit_text handle = {info.handle, strlen(info.handle)};
        CHECK(session->find(self->call, handle, &again, &error) == AMBIT_OK && again.key == info.key);
        CHECK(session->release(self->call, handle, &error) == AMBIT_OK);
    } else {
        CHECK(session->find(self->call, TEXT(""), &again, &error) == AMBIT_OK && again.key == info.key);
        CHECK(session->release(self->call, TEXT(""), &error) == AMBIT_INVALID_ARGUMENT);
    }
}

static void exercise_value(run *self) {
    const ambit_host_value *value = self->plugin->value;
    ambit_value member = 0, element = 0;
    int32_t kind = -1, flag = -1;
    uint64_t count = 0, size = 0;
    int64_t integer = 0;
    double number = 0;
    char text[8];
    ambit_text key = {0}, raw = {0};
    CHECK(value->kind(self->call, 0, &kind) == AMBIT_OK && kind == AMBIT_VALUE_OBJECT);
    CHECK(value->member(self->call, 0, TEXT("list"), &member) == AMBIT_OK);
    CHECK(value->member(self->call, 0, TEXT("none"), &element) == AMBIT_NOT_FOUND);
    CHECK(value->count(self->call, member, &count) == AMBIT_OK && count == 4);
    CHECK(value->at(self->call, member, 0, &element, NULL) == AMBIT_OK && value->integer(self->call, element, &integer) == AMBIT_OK && integer == 7);
    CHECK(value->at(self->call, member, 1, &element, NULL) == AMBIT_OK && value->number(self->call, element, &number) == AMBIT_OK && number == 0.5);
    CHECK(value->at(self->call, member, 2, &element, NULL) == AMBIT_OK && value->boolean(self->call, element, &flag) == AMBIT_OK && flag == 1);
    CHECK(value->at(self->call, member, 3, &element, NULL) == AMBIT_OK && value->string(self->call, element, NULL, 0, &size) == AMBIT_OK && size == 2);
    CHECK(value->string(self->call, element, text, sizeof text, &size) == AMBIT_OK && memcmp(text, "\xC3\xA9", 2) == 0);
    CHECK(value->at(self->call, 0, 0, &element, &key) == AMBIT_OK && key.size == 4 && memcmp(key.data, "list", 4) == 0);
    CHECK(value->raw(self->call, member, &raw) == AMBIT_OK && raw.size > 8 && raw.data[0] == '[');
}

static void exercise_operator(run *self) {
    ambit_host_handle host = self->plugin->host->handle;
    ambit_error error = failure();
    ambit_log_field fields[] = {{TEXT("tool"), TEXT("exerciser")}};
    if (self->plugin->log->enabled(host, AMBIT_LOG_INFO)) self->plugin->log->write(host, AMBIT_LOG_INFO, TEXT("exercising"), fields, 1);
    const ambit_host_metrics *metrics = self->plugin->metrics;
    ambit_metric counter = 0, gauge = 0;
    CHECK(metrics->define(host, AMBIT_METRIC_COUNTER, TEXT("runs"), TEXT("Runs."), &counter, &error) == AMBIT_OK && counter != 0);
    CHECK(metrics->define(host, AMBIT_METRIC_GAUGE, TEXT("depth"), TEXT("Depth."), &gauge, &error) == AMBIT_OK && gauge != counter);
    CHECK(metrics->add(host, counter, 1) == AMBIT_OK && metrics->set(host, gauge, 2) == AMBIT_OK);
    CHECK(metrics->set(host, counter, 2) == AMBIT_INVALID_ARGUMENT);
    uint8_t path[4096];
    uint64_t size = 0;
    CHECK(self->plugin->paths->get(host, AMBIT_PATH_TEMPORARY, NULL, 0, &size, &error) == AMBIT_OK && size > 0 && size < sizeof path);
    CHECK(self->plugin->paths->get(host, AMBIT_PATH_TEMPORARY, path, sizeof path, &size, &error) == AMBIT_OK && path[0] == '/');
    CHECK(self->plugin->paths->get(host, 99, path, sizeof path, &size, &error) == AMBIT_INVALID_ARGUMENT);
}

/* ---- registry */

static void late_tool(void *context, ambit_call call) {
    run *self = context;
    ambit_result result = SIZED(ambit_result);
    self->plugin->call->finish(call, &result, NULL);
    note(self, CALLED);
}

static void exercise_registry(run *self) {
    const ambit_host_registry *registry = self->plugin->registry;
    ambit_error error = failure();
    ambit_tool tool = SIZED(ambit_tool);
    tool.name = TEXT("late_tool");
    tool.description = TEXT("Comes and goes.");
    tool.input_schema = TEXT("{\"type\":\"object\"}");
    tool.context = self;
    tool.invoke = late_tool;
    ambit_tool_registration registration = SIZED(ambit_tool_registration);
    registration.tool = &tool;
    registration.destroyed = destroyed;
    ambit_registration handle = 0;
    CHECK(registry->add_tool(self->plugin->host->scope, &registration, &handle, &error) == AMBIT_OK);
    CHECK(registry->remove(handle) == AMBIT_OK && await(self, DESTROYED, 1));
    CHECK(registry->remove(handle) == AMBIT_STALE_HANDLE);
    tool.name = TEXT("no name");
    CHECK(registry->add_tool(self->plugin->host->scope, &registration, &handle, &error) == AMBIT_INVALID_ARGUMENT);
}

/* ---- reply */

static void replied(void *context, const ambit_reply_result *result) {
    run *self = context;
    self->status = result->status;
    snprintf(self->text, sizeof self->text, "%.*s", (int)result->payload.size, (const char *)result->payload.data);
    note(self, DONE);
}

static void exercise_reply(run *self) {
    const ambit_host_reply *reply = self->plugin->reply;
    ambit_host_handle host = self->plugin->host->handle;
    ambit_error error = failure();
    ambit_reply_options options = SIZED(ambit_reply_options);
    options.label = TEXT("answer");
    options.timeout_ns = 60000000000;
    ambit_reply handle = 0;
    uint64_t waiter = 0;
    char id[AMBIT_REPLY_ID_CAPACITY];
    ambit_bytes payload = {(const uint8_t *)"yes", 3};
    CHECK(reply->open(self->scope, &options, &handle, id, &error) == AMBIT_OK && strlen(id) >= 32);
    CHECK(reply->wait(handle, self, replied, &waiter, &error) == AMBIT_OK);
    CHECK(reply->wait(handle, self, replied, NULL, &error) == AMBIT_INVALID_ARGUMENT);
    CHECK(reply->cancel_wait(handle, waiter) == AMBIT_OK && await(self, DONE, 1) && self->status == AMBIT_CANCELLED);
    CHECK(reply->cancel_wait(handle, waiter) == AMBIT_NOT_FOUND);
    CHECK(reply->wait(handle, self, replied, &waiter, &error) == AMBIT_OK);
    CHECK(reply->resolve(host, TEXT("0123456789abcdef0123456789abcdef"), payload, &error) == AMBIT_NOT_FOUND);
    CHECK(reply->resolve(host, (ambit_text){id, strlen(id)}, payload, &error) == AMBIT_OK);
    CHECK(await(self, DONE, 2) && self->status == AMBIT_OK && strcmp(self->text, "yes") == 0);
    CHECK(reply->resolve(host, (ambit_text){id, strlen(id)}, payload, &error) == AMBIT_NOT_FOUND);
    options.timeout_ns = 1000000;
    CHECK(reply->open(self->scope, &options, &handle, id, &error) == AMBIT_OK);
    CHECK(reply->wait(handle, self, replied, &waiter, &error) == AMBIT_OK && await(self, DONE, 3) && self->status == AMBIT_TIMED_OUT);
    ambit_scope target = 0;
    options.timeout_ns = 60000000000;
    CHECK(self->plugin->scope->open(self->scope, TEXT("target"), &target, &error) == AMBIT_OK);
    options.target = target;
    CHECK(reply->open(self->scope, &options, &handle, id, &error) == AMBIT_OK);
    CHECK(reply->wait(handle, self, replied, &waiter, &error) == AMBIT_OK);
    CHECK(self->plugin->scope->close(target, NULL, NULL, NULL, &error) == AMBIT_OK && await(self, DONE, 4) && self->status == AMBIT_CLOSED);
    options.target = 0;
    CHECK(reply->open(self->scope, &options, &handle, id, &error) == AMBIT_OK && reply->close(handle) == AMBIT_OK);
    CHECK(reply->close(handle) == AMBIT_STALE_HANDLE);
}

/* ---- arena */

static void exercise_arena(run *self) {
    const ambit_host_arena *arena = self->plugin->arena;
    ambit_error error = failure();
    ambit_arena handle = 0;
    void *memory = NULL;
    uint64_t used = 0;
    CHECK(arena->open(self->scope, TEXT("words"), 1000, &handle, &error) == AMBIT_OK);
    CHECK(arena->allocate(handle, 600, 64, &memory, &error) == AMBIT_OK && (uintptr_t)memory % 64 == 0 && *(char *)memory == 0);
    CHECK(arena->allocate(handle, 600, 1, &memory, &error) == AMBIT_OVER_QUOTA && error.quota[0] != 0);
    CHECK(arena->allocate(handle, 1, 3, &memory, &error) == AMBIT_INVALID_ARGUMENT);
    CHECK(arena->used(handle, &used) == AMBIT_OK && used == 600);
    CHECK(arena->close(handle) == AMBIT_OK && arena->used(handle, &used) == AMBIT_STALE_HANDLE);
    CHECK(arena->open(self->scope, TEXT("left to the scope"), 1000, &handle, &error) == AMBIT_OK);
}

/* ---- directory */

static void exercise_directory(run *self) {
    const ambit_host_directory *directory = self->plugin->directory;
    ambit_error error = failure();
    ambit_directory handle = 0;
    uint64_t size = 0;
    uint8_t path[4096] = {0};
    CHECK(directory->create(self->scope, TEXT("work"), &handle, &error) == AMBIT_OK);
    CHECK(directory->path(handle, path, sizeof path, &size) == AMBIT_OK && size < sizeof path && access((const char *)path, W_OK) == 0);
    CHECK(directory->remove(handle) == AMBIT_OK && directory->path(handle, path, sizeof path, &size) == AMBIT_STALE_HANDLE);
    CHECK(directory->create(self->scope, TEXT("left to the scope"), &handle, &error) == AMBIT_OK);
}

/* ---- kind */

static int32_t release_own(void *resource, ambit_resource handle, const ambit_reason *reason) {
    run *self = resource;
    (void)reason;
    self->pending = handle;
    note(self, RAN);
    return self->seen[RAN] == 1 ? AMBIT_RELEASE_PENDING : AMBIT_RELEASE_DONE;
}

static void exercise_kind(run *self) {
    const ambit_host_kind *kind = self->plugin->kind;
    ambit_error error = failure();
    ambit_kind_descriptor descriptor = SIZED(ambit_kind_descriptor);
    descriptor.phase = AMBIT_RELEASE_LATE;
    descriptor.name = TEXT("lamp");
    descriptor.release = release_own;
    ambit_kind lamp = 0;
    ambit_resource first = 0, second = 0, never = 0;
    ambit_scope child = 0;
    CHECK(kind->define(self->plugin->host->handle, &descriptor, &lamp, &error) == AMBIT_OK);
    CHECK(self->plugin->scope->open(self->scope, TEXT("room"), &child, &error) == AMBIT_OK);
    CHECK(kind->reserve(child, lamp, TEXT("never"), &never, &error) == AMBIT_OK && kind->withdraw(never) == AMBIT_OK);
    CHECK(kind->reserve(child, lamp, TEXT("first"), &first, &error) == AMBIT_OK && kind->commit(first, self, &error) == AMBIT_OK);
    CHECK(kind->commit(first, self, &error) == AMBIT_INVALID_ARGUMENT && kind->describe(first, TEXT("on")) == AMBIT_OK);
    CHECK(kind->reserve(child, lamp, TEXT("second"), &second, &error) == AMBIT_OK && kind->commit(second, self, &error) == AMBIT_OK);
    CHECK(kind->released(second, AMBIT_OK) == AMBIT_INVALID_ARGUMENT);
    CHECK(kind->end(second) == AMBIT_OK && await(self, RAN, 1) && kind->released(self->pending, AMBIT_OK) == AMBIT_OK);
    CHECK(self->plugin->scope->close(child, NULL, self, closed, &error) == AMBIT_OK && await(self, RAN, 2) && await(self, CLOSED, 1));
    CHECK(kind->end(first) == AMBIT_STALE_HANDLE);
}

/* ---- lease */

static void build_lamp(void *context, ambit_scope scope, ambit_build build) {
    run *self = context;
    self->build = scope != 0 ? build : 0;
    note(self, RAN);
}
static void leased(void *context, ambit_status status, ambit_lease lease, void *value, ambit_text message) {
    run *self = context;
    self->status = status;
    self->lease = lease;
    self->value = value;
    snprintf(self->text, sizeof self->text, "%.*s", (int)message.size, message.data);
    note(self, DONE);
}

static void exercise_lease(run *self) {
    const ambit_host_lease *lease = self->plugin->lease;
    ambit_host_handle host = self->plugin->host->handle;
    ambit_error error = failure();
    ambit_lease_options options = SIZED(ambit_lease_options);
    options.key = TEXT("lamp");
    options.context = self;
    options.build = build_lamp;
    options.destroyed = destroyed;
    uint64_t waiter = 0, second = 0;
    CHECK(lease->acquire(self->scope, &options, self, leased, &waiter, &error) == AMBIT_OK && await(self, RAN, 1));
    CHECK(lease->acquire(self->scope, &options, self, leased, &second, &error) == AMBIT_OK);
    CHECK(lease->cancel_wait(self->scope, second) == AMBIT_OK && await(self, DONE, 1) && self->status == AMBIT_CANCELLED);
    CHECK(await(self, DESTROYED, 1));
    CHECK(lease->built(host, self->build, AMBIT_OK, self, TEXT("")) == AMBIT_OK && await(self, DONE, 2));
    CHECK(self->status == AMBIT_OK && self->value == self && await(self, DESTROYED, 2));
    CHECK(lease->built(host, self->build, AMBIT_OK, self, TEXT("")) == AMBIT_NOT_FOUND);
    ambit_lease first = self->lease;
    CHECK(lease->acquire(self->scope, &options, self, leased, &waiter, &error) == AMBIT_OK && await(self, DONE, 3) && self->value == self);
    CHECK(await(self, DESTROYED, 3) && self->seen[RAN] == 1);
    CHECK(lease->release(first) == AMBIT_OK && lease->release(first) == AMBIT_STALE_HANDLE && lease->release(self->lease) == AMBIT_OK);
    CHECK(lease->acquire(self->scope, &options, self, leased, &waiter, &error) == AMBIT_OK && await(self, RAN, 2));
    CHECK(lease->built(host, self->build, AMBIT_FAILED, NULL, TEXT("no lamp")) == AMBIT_OK && await(self, DONE, 4));
    CHECK(self->status == AMBIT_FAILED && strcmp(self->text, "no lamp") == 0 && await(self, DESTROYED, 4));
}

/* ---- result: the tool that answers piece by piece */

static void exercise_result(run *self) {
    const ambit_host_result *result = self->plugin->result;
    ambit_error error = failure();
    ambit_call call = self->call;
    ambit_content text = SIZED(ambit_content), image = SIZED(ambit_content);
    text.kind = AMBIT_CONTENT_TEXT;
    text.text = TEXT("o");
    image.kind = AMBIT_CONTENT_IMAGE;
    image.mime_type = TEXT("image/png");
    CHECK(result->begin(call, &text, &error) == AMBIT_OK);
    CHECK(result->text(call, (ambit_bytes){(const uint8_t *)"k", 1}, &error) == AMBIT_OK);
    CHECK(result->begin(call, &image, &error) == AMBIT_OK);
    CHECK(result->data(call, (ambit_bytes){(const uint8_t *)"\0\1\2", 3}, &error) == AMBIT_OK);
    CHECK(result->begin_object(call, &error) == AMBIT_OK && result->key(call, TEXT("list"), &error) == AMBIT_OK);
    CHECK(result->begin_array(call, &error) == AMBIT_OK && result->integer(call, -7, &error) == AMBIT_OK);
    CHECK(result->number(call, 0.5, &error) == AMBIT_OK && result->boolean(call, 1, &error) == AMBIT_OK);
    CHECK(result->null(call, &error) == AMBIT_OK && result->string(call, TEXT("s"), &error) == AMBIT_OK);
    CHECK(result->raw(call, TEXT("{\"n\":1.0}"), &error) == AMBIT_OK && result->end_array(call, &error) == AMBIT_OK);
    CHECK(result->end_array(call, &error) == AMBIT_INVALID_ARGUMENT && result->end_object(call, &error) == AMBIT_OK);
    CHECK(result->finish(call, 0, TEXT("{\"m\":1}"), &error) == AMBIT_OK);
}

/* ---- The tools */

typedef struct exercise {
    const char *name;
    void (*body)(run *self);
} exercise;

static const exercise exercises[] = {
    {"exercise_scope", exercise_scope},       {"exercise_task", exercise_task},       {"exercise_timer", exercise_timer},
    {"exercise_bus", exercise_bus},           {"exercise_process", exercise_process}, {"exercise_call", exercise_call},
    {"exercise_context", exercise_context},   {"exercise_session", exercise_session}, {"exercise_value", exercise_value},
    {"exercise_operator", exercise_operator}, {"exercise_registry", exercise_registry}, {"exercise_result", exercise_result},
    {"exercise_reply", exercise_reply},       {"exercise_arena", exercise_arena},     {"exercise_directory", exercise_directory},
    {"exercise_kind", exercise_kind},         {"exercise_lease", exercise_lease},
};
enum { EXERCISES = sizeof exercises / sizeof *exercises };

static exerciser *instance_of_tools;

static void invoke(void *context, ambit_call call) {
    const exercise *exercise = context;
    const exerciser *plugin = instance_of_tools;
    run self = {.plugin = plugin, .call = call, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    ambit_call_info info = SIZED(ambit_call_info);
    if (plugin->call->info(call, &info) != AMBIT_OK) return;
    self.scope = info.scope;
    exercise->body(&self);
    if (self.line == 0 && exercise->body == exercise_result) return;
    if (self.line != 0) {
        char text[300];
        int size = snprintf(text, sizeof text, "line %d: %s", self.line, self.wrong);
        plugin->call->fail(call, 1, (ambit_text){text, (uint64_t)size}, TEXT("null"), NULL);
        return;
    }
    ambit_content content = SIZED(ambit_content);
    content.kind = AMBIT_CONTENT_TEXT;
    content.text = TEXT("ok");
    const ambit_content *items[] = {&content};
    ambit_result result = SIZED(ambit_result);
    result.content = items;
    result.content_count = 1;
    plugin->call->finish(call, &result, NULL);
}

static uint64_t count(void *plugin) {
    (void)plugin;
    return EXERCISES;
}
static const ambit_tool *get(void *plugin, uint64_t index) {
    static ambit_tool tools[EXERCISES];
    (void)plugin;
    ambit_tool *tool = &tools[index];
    *tool = SIZED(ambit_tool);
    tool->execution = AMBIT_TOOL_BLOCKING;
    tool->name = (ambit_text){exercises[index].name, strlen(exercises[index].name)};
    tool->description = TEXT("Calls every function of one table.");
    tool->input_schema = TEXT("{\"type\":\"object\"}");
    tool->context = (void *)&exercises[index];
    tool->invoke = invoke;
    return tool;
}
static const ambit_plugin_tools tools = {.struct_size = sizeof tools, .count = count, .get = get};

static const void *get_extension(void *context, const char *id) {
    (void)context;
    return strcmp(id, AMBIT_EXT_TOOLS) == 0 ? &tools : NULL;
}
static ambit_status activate(void *context, ambit_error *error) {
    (void)context;
    (void)error;
    return AMBIT_OK;
}
static void quiesce(void *context) { (void)context; }
static void destroy(void *context) { free(context); }

static ambit_status create(const struct ambit_plugin_descriptor *self, const ambit_host *host, ambit_text config,
                           const ambit_plugin **out, ambit_error *error) {
    (void)self;
    (void)config;
    (void)error;
    exerciser *plugin = calloc(1, sizeof *plugin);
    plugin->host = host;
#define FIND(field, id) plugin->field = host->get_extension(host->handle, id)
    FIND(arena, AMBIT_EXT_ARENA);
    FIND(ask, AMBIT_EXT_ASK);
    FIND(bus, AMBIT_EXT_BUS);
    FIND(call, AMBIT_EXT_CALL);
    FIND(context, AMBIT_EXT_CONTEXT);
    FIND(directory, AMBIT_EXT_DIRECTORY);
    FIND(kind, AMBIT_EXT_KIND);
    FIND(lease, AMBIT_EXT_LEASE);
    FIND(log, AMBIT_EXT_LOG);
    FIND(metrics, AMBIT_EXT_METRICS);
    FIND(paths, AMBIT_EXT_PATHS);
    FIND(process, AMBIT_EXT_PROCESS);
    FIND(registry, AMBIT_EXT_REGISTRY);
    FIND(reply, AMBIT_EXT_REPLY);
    FIND(result, AMBIT_EXT_RESULT);
    FIND(scope, AMBIT_EXT_SCOPE);
    FIND(session, AMBIT_EXT_SESSION);
    FIND(task, AMBIT_EXT_TASK);
    FIND(timer, AMBIT_EXT_TIMER);
    FIND(value, AMBIT_EXT_VALUE);
    plugin->interface = SIZED(ambit_plugin);
    plugin->interface.context = plugin;
    plugin->interface.get_extension = get_extension;
    plugin->interface.activate = activate;
    plugin->interface.quiesce = quiesce;
    plugin->interface.destroy = destroy;
    instance_of_tools = plugin;
    *out = &plugin->interface;
    return AMBIT_OK;
}

__attribute__((visibility("default"))) const ambit_plugin_descriptor *ambit_plugin_entry(void) {
    static const ambit_plugin_descriptor descriptor = {
        .struct_size = sizeof descriptor,
        .abi_major = AMBIT_ABI_MAJOR,
        .abi_minor = AMBIT_ABI_MINOR,
        .permissions = AMBIT_PERMISSION_PROCESS | AMBIT_PERMISSION_NETWORK | AMBIT_PERMISSION_FILES,
        .toolchain = {"c", 1},
        .name = {"exerciser", 9},
        .version = {"1.0.0", 5},
        .summary = {"Calls everything.", 17},
        .create = create,
    };
    return &descriptor;
}
