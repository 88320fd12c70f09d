/*
 * A plugin that sends its client away while it works (SEP-1699), for the tests of that. Its one tool, `patient`, closes the connection of its
 * client and tells it to come back after `retry` ms, reports progress 1, waits for the file `go` in the folder PATIENT_FOLDER, reports progress 2
 * and answers with the status of the closing. With `early` it reports progress 0.5 before that.
 */
#define _DEFAULT_SOURCE
#include <ambit/ambit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT(literal) {literal, sizeof(literal) - 1}

static const ambit_host_call *calls;
static const ambit_host_value *values;

static int64_t number(ambit_call call, const char *key) {
    ambit_value value = 0;
    int64_t found = 0;
    if (values->member(call, 0, (ambit_text){key, strlen(key)}, &value) == AMBIT_OK) values->integer(call, value, &found);
    return found;
}

static void patient(void *context, ambit_call call) {
    (void)context;
    char text[300], path[300];
    ambit_error error = {.struct_size = sizeof error};
    if (number(call, "early")) calls->progress(call, 0.5, 2, (ambit_text)TEXT("early"));
    ambit_status status = calls->disconnect(call, number(call, "retry"), &error);
    calls->progress(call, 1, 2, (ambit_text)TEXT("one"));
    snprintf(path, sizeof path, "%s/go", getenv("PATIENT_FOLDER"));
    for (int tries = 0; tries < 2000 && access(path, F_OK) != 0; tries++) usleep(10000);
    calls->progress(call, 2, 2, (ambit_text)TEXT("two"));
    snprintf(text, sizeof text, "%d %s", status, error.text);
    ambit_content content = {.struct_size = sizeof content, .kind = AMBIT_CONTENT_TEXT, .text = {text, strlen(text)}};
    const ambit_content *list[] = {&content};
    ambit_result result = {.struct_size = sizeof result, .content = list, .content_count = 1};
    calls->finish(call, &result, NULL);
}

static const ambit_tool tool = {.struct_size = sizeof tool, .execution = AMBIT_TOOL_BLOCKING, .name = TEXT("patient"),
                                .description = TEXT("Takes its time."), .input_schema = TEXT("{\"type\":\"object\"}"), .invoke = patient};
static uint64_t count(void *context) {
    (void)context;
    return 1;
}
static const ambit_tool *get(void *context, uint64_t index) {
    (void)context;
    return index == 0 ? &tool : NULL;
}
static const ambit_plugin_tools tools = {.struct_size = sizeof tools, .count = count, .get = get};

static const void *extension(void *context, const char *id) {
    (void)context;
    return strcmp(id, AMBIT_EXT_TOOLS) == 0 ? &tools : NULL;
}
static ambit_status activate(void *context, ambit_error *error) {
    (void)context;
    (void)error;
    return AMBIT_OK;
}
static void nothing(void *context) { (void)context; }

static const ambit_plugin instance = {
    .struct_size = sizeof instance, .get_extension = extension, .activate = activate, .quiesce = nothing, .destroy = nothing};

static ambit_status create(const ambit_plugin_descriptor *self, const ambit_host *host, ambit_text config, const ambit_plugin **out,
                           ambit_error *error) {
    (void)self;
    (void)config;
    (void)error;
    calls = host->get_extension(host->handle, AMBIT_EXT_CALL);
    values = host->get_extension(host->handle, AMBIT_EXT_VALUE);
    *out = &instance;
    return calls && values ? AMBIT_OK : AMBIT_UNSUPPORTED;
}

static const ambit_plugin_descriptor descriptor = {
    .struct_size = sizeof descriptor, .abi_major = AMBIT_ABI_MAJOR, .abi_minor = AMBIT_ABI_MINOR, .toolchain = TEXT("c"),
    .name = TEXT("patient"), .version = TEXT("1.0.0"), .summary = TEXT("Sends its client away."), .create = create};

__attribute__((visibility("default"))) const ambit_plugin_descriptor *ambit_plugin_entry(void) { return &descriptor; }
