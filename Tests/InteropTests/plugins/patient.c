/*
 * A plugin that sends its client away while it works (SEP-1699), for the tests of that. Its one tool, `patient`, closes the connection of its
 * client and tells it to come back after `retry` ms, reports progress 1, waits for the file `go` in the folder PATIENT_FOLDER, reports progress 2
 * and answers with the status of the closing. With `early` it reports progress 0.5 before that.
 */
#define _DEFAULT_SOURCE
#include "plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
    char text[600], path[300];
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

static const ambit_tool list[] = {{.struct_size = sizeof(ambit_tool), .execution = AMBIT_TOOL_BLOCKING, .name = TEXT("patient"),
                                   .description = TEXT("Takes its time."), .input_schema = TEXT("{\"type\":\"object\"}"), .invoke = patient}};
OFFERS(tools, ambit_tool, list)
static const void *extension(const char *id) { return strcmp(id, AMBIT_EXT_TOOLS) == 0 ? &tools : NULL; }
static int plugin_begin(const ambit_host *host) { return (calls = table(host, AMBIT_EXT_CALL)) && (values = table(host, AMBIT_EXT_VALUE)); }
PLUGIN("patient", "Sends its client away.")
