/*
 * A plugin whose calls become tasks, for the tests of that. Arguments: {"ms": how long, "how": "error" | "fail", else it succeeds}.
 *
 * slow: may become one. must: becomes one at once.
 */
#include "plugin.h"

#include <stdio.h>
#include <stdlib.h>

static const ambit_host_call *calls;
static const ambit_host_timer *timers;

typedef struct work {
    ambit_call call;
    char how[16];
} work;

static void fire(void *context, uint64_t missed) {
    (void)missed;
    work *self = context;
    if (strcmp(self->how, "fail") == 0) {
        calls->fail(self->call, -32603, (ambit_text)TEXT("it broke"), (ambit_text){0}, NULL);
        return;
    }
    ambit_content content = {.struct_size = sizeof content, .kind = AMBIT_CONTENT_TEXT, .text = TEXT("done")};
    const ambit_content *list[] = {&content};
    ambit_result result = {.struct_size = sizeof result, .is_error = strcmp(self->how, "error") == 0, .content = list, .content_count = 1,
                           .meta = TEXT("{\"a\":1}")};
    calls->finish(self->call, &result, NULL);
}

static void slow(void *context, ambit_call call) {
    (void)context;
    ambit_call_info info = {.struct_size = sizeof info};
    if (calls->info(call, &info) != AMBIT_OK) return;
    work *self = calloc(1, sizeof *self);
    self->call = call;
    char arguments[256] = "";
    snprintf(arguments, sizeof arguments, "%.*s", (int)info.arguments.size, info.arguments.data);
    const char *ms = strstr(arguments, "\"ms\":"), *how = strstr(arguments, "\"how\":\"");
    if (how) sscanf(how + 7, "%15[a-z]", self->how);
    calls->progress(call, 1, 2, (ambit_text)TEXT("half way"));
    ambit_timer_options options = {.struct_size = sizeof options, .label = TEXT("work"), .delay_ns = (ms ? atoll(ms + 5) : 0) * 1000000,
                                   .context = self, .fire = fire, .destroyed = free};
    ambit_timer timer;
    if (timers->start(info.scope, &options, &timer, NULL) != AMBIT_OK) free(self);
}

#define TOOL(label, how)                                                                                                                            \
    {.struct_size = sizeof(ambit_tool), .execution = AMBIT_TOOL_ASYNC, .name = TEXT(label), .description = TEXT("Takes its time."),               \
     .input_schema = TEXT("{\"type\":\"object\"}"), .invoke = slow, .task = how}

static const ambit_tool list[] = {TOOL("slow", AMBIT_TASK_OPTIONAL), TOOL("must", AMBIT_TASK_REQUIRED), TOOL("never", AMBIT_TASK_NEVER)};

OFFERS(tools, ambit_tool, list)
static const void *extension(const char *id) { return strcmp(id, AMBIT_EXT_TOOLS) == 0 ? &tools : NULL; }
static int plugin_begin(const ambit_host *host) { return (calls = table(host, AMBIT_EXT_CALL)) && (timers = table(host, AMBIT_EXT_TIMER)); }
PLUGIN("tasks", "Takes its time.")
