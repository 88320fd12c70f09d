/* The plugin that is called: `echo` answers its argument where the request was received, `echo_async` on the plugin's own thread,
 * `echo_progress` reports progress before it answers, which makes the response a stream. */

#include <ambit/ambit.h>

#include <stdlib.h>
#include <string.h>

#define TEXT(literal) {literal, sizeof(literal) - 1}

static const ambit_host *host;
static const ambit_host_call *calls;
static const ambit_host_value *values;

static void echo(void *context, ambit_call call) {
    (void)context;
    ambit_value text;
    char buffer[256];
    uint64_t size = 0;
    if (values->member(call, 0, (ambit_text)TEXT("text"), &text) != AMBIT_OK
        || values->string(call, text, buffer, sizeof buffer, &size) != AMBIT_OK || size > sizeof buffer)
        size = 0;
    ambit_content content = {.struct_size = sizeof content, .kind = AMBIT_CONTENT_TEXT, .text = {buffer, size}};
    const ambit_content *items[] = {&content};
    ambit_result result = {.struct_size = sizeof result, .content = items, .content_count = 1};
    calls->finish(call, &result, NULL);
}

static void echo_progress(void *context, ambit_call call) {
    calls->progress(call, 1, 2, (ambit_text)TEXT("half"));
    echo(context, call);
}

#define SCHEMA TEXT("{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}},\"required\":[\"text\"]}")

static const ambit_tool tools[] = {
    {.struct_size = sizeof(ambit_tool), .execution = AMBIT_TOOL_INLINE, .name = TEXT("echo"), .description = TEXT("Echoes."),
     .input_schema = SCHEMA, .invoke = echo},
    {.struct_size = sizeof(ambit_tool), .execution = AMBIT_TOOL_ASYNC, .name = TEXT("echo_async"), .description = TEXT("Echoes."),
     .input_schema = SCHEMA, .invoke = echo},
    {.struct_size = sizeof(ambit_tool), .execution = AMBIT_TOOL_INLINE, .name = TEXT("echo_progress"), .description = TEXT("Echoes."),
     .input_schema = SCHEMA, .invoke = echo_progress},
};

static uint64_t count(void *plugin) {
    (void)plugin;
    return sizeof tools / sizeof *tools;
}
static const ambit_tool *get(void *plugin, uint64_t index) {
    (void)plugin;
    return &tools[index];
}
static const ambit_plugin_tools table = {.struct_size = sizeof table, .count = count, .get = get};

static const void *get_extension(void *context, const char *id) {
    (void)context;
    return strcmp(id, AMBIT_EXT_TOOLS) == 0 ? &table : NULL;
}

static ambit_status create(const struct ambit_plugin_descriptor *self, const ambit_host *given, ambit_text config,
                           const ambit_plugin **out, ambit_error *error) {
    static const ambit_plugin plugin = {.struct_size = sizeof plugin, .get_extension = get_extension};
    (void)self;
    (void)config;
    (void)error;
    host = given;
    calls = host->get_extension(host->handle, AMBIT_EXT_CALL);
    values = host->get_extension(host->handle, AMBIT_EXT_VALUE);
    *out = &plugin;
    return AMBIT_OK;
}

__attribute__((visibility("default"))) const ambit_plugin_descriptor *ambit_plugin_entry(void) {
    static const ambit_plugin_descriptor descriptor = {
        .struct_size = sizeof descriptor, .abi_major = AMBIT_ABI_MAJOR, .abi_minor = AMBIT_ABI_MINOR, .toolchain = TEXT("c"),
        .name = TEXT("bench"), .version = TEXT("1.0.0"), .summary = TEXT("Echoes."), .create = create};
    return &descriptor;
}
