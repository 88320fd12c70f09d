/* One run of a tool: what its callbacks have seen, and the first thing that was wrong. */

#include <ambit/ambit.h>

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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
    const ambit_host_descriptor *descriptor;
    const ambit_host_directory *directory;
    const ambit_host_kind *kind;
    const ambit_host_lease *lease;
    const ambit_host_listener *listener;
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
    ambit_scope closing;
    int cleanup;
    ambit_lease lease;
    ambit_descriptor connection;
    ambit_build build;
    void *value;
    int32_t stream;
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

/* Callbacks that several have. */

enum { CLOSED, RAN, DESTROYED, JOB, TICK, DONE, STARTED, EXITED, WRITTEN, CALLED };

static void closed(void *context, const ambit_report *report) {
    run *self = context;
    self->status = report->abandoned == 0 && report->failed == 0 && report->duration_ns >= 0 ? AMBIT_OK : AMBIT_FAILED;
    note(self, CLOSED);
}
static void destroyed(void *context) { note(context, DESTROYED); }
