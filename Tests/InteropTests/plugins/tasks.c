/*
 * A plugin whose calls become tasks, for the tests of that. Arguments: {"ms": how long, "how": "error" | "fail", else it succeeds}.
 *
 * slow: may become one. must: becomes one at once.
 */
#include <ambit/ambit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(literal) {literal, sizeof(literal) - 1}

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

static uint64_t count(void *plugin) { return (void)plugin, sizeof list / sizeof *list; }
static const ambit_tool *at(void *plugin, uint64_t index) { return (void)plugin, &list[index]; }
static const ambit_plugin_tools tools = {.struct_size = sizeof tools, .count = count, .get = at};
static const void *extension(void *context, const char *id) { return (void)context, strcmp(id, AMBIT_EXT_TOOLS) == 0 ? &tools : NULL; }
static void destroy(void *context) { (void)context; }
static const ambit_plugin plugin = {.struct_size = sizeof plugin, .get_extension = extension, .destroy = destroy};

static ambit_status create(const ambit_plugin_descriptor *self, const ambit_host *host, ambit_text config, const ambit_plugin **out,
                           ambit_error *error) {
    (void)self, (void)config, (void)error;
    calls = host->get_extension(host->handle, AMBIT_EXT_CALL);
    timers = host->get_extension(host->handle, AMBIT_EXT_TIMER);
    *out = &plugin;
    return calls && timers ? AMBIT_OK : AMBIT_UNSUPPORTED;
}

static const ambit_plugin_descriptor descriptor = {
    .struct_size = sizeof descriptor, .abi_major = AMBIT_ABI_MAJOR, .abi_minor = AMBIT_ABI_MINOR, .toolchain = TEXT("c"),
    .name = TEXT("tasks"), .version = TEXT("1.0.0"), .summary = TEXT("Takes its time."), .create = create};

__attribute__((visibility("default"))) const ambit_plugin_descriptor *ambit_plugin_entry(void);
const ambit_plugin_descriptor *ambit_plugin_entry(void) { return &descriptor; }
