/* A plugin that calls every function of the ABI: one tool for each table of the host. A tool answers "ok", or the line that was not as it should be. */

#include "run.h"

#include "calls.h"
#include "offers.h"
#include "scopes.h"
#include "things.h"


typedef struct exercise {
    const char *name;
    void (*body)(run *self);
} exercise;

static const exercise exercises[] = {
    {"exercise_scope", exercise_scope},       {"exercise_task", exercise_task},       {"exercise_timer", exercise_timer},
    {"exercise_bus", exercise_bus},           {"exercise_process", exercise_process}, {"exercise_call", exercise_call},
    {"exercise_context", exercise_context},   {"exercise_session", exercise_session}, {"exercise_value", exercise_value},
    {"exercise_operator", exercise_operator}, {"exercise_registry", exercise_registry}, {"exercise_offers", exercise_offers},
    {"exercise_result", exercise_result},
    {"exercise_reply", exercise_reply},       {"exercise_arena", exercise_arena},     {"exercise_directory", exercise_directory},
    {"exercise_kind", exercise_kind},         {"exercise_lease", exercise_lease},
    {"exercise_descriptor", exercise_descriptor}, {"exercise_listener", exercise_listener},
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
    if (strcmp(id, AMBIT_EXT_RESOURCES) == 0) return &resources;
    if (strcmp(id, AMBIT_EXT_PROMPTS) == 0) return &prompts;
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
    FIND(descriptor, AMBIT_EXT_DESCRIPTOR);
    FIND(directory, AMBIT_EXT_DIRECTORY);
    FIND(kind, AMBIT_EXT_KIND);
    FIND(lease, AMBIT_EXT_LEASE);
    FIND(listener, AMBIT_EXT_LISTENER);
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
    instance_of_tools = instance_of_offers = plugin;
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
