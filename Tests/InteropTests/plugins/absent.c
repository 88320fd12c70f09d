/*
 * A plugin that is long in coming back, or does not, for the tests of what clients are told meanwhile. It offers the tool `here`, the resource
 * `absent://here` and the prompt `here`. Each start waits until there is no file `hold` in the folder ABSENT_FOLDER, writes the file `waiting`
 * there while it does, and fails where there is a file `fail`.
 */
#define _DEFAULT_SOURCE
#include "plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const ambit_host_call *calls;

static void here(void *context, ambit_call call) {
    (void)context;
    ambit_content content = {.struct_size = sizeof content, .kind = AMBIT_CONTENT_TEXT, .text = TEXT("here")};
    const ambit_content *list[] = {&content};
    ambit_result result = {.struct_size = sizeof result, .content = list, .content_count = 1};
    calls->finish(call, &result, NULL);
}

static const ambit_tool tool_list[] = {{.struct_size = sizeof(ambit_tool), .name = TEXT("here"), .description = TEXT("Is here."),
                                        .input_schema = TEXT("{\"type\":\"object\"}"), .invoke = here}};
static const ambit_readable resource_list[] = {
    {.struct_size = sizeof(ambit_readable), .uri = TEXT("absent://here"), .name = TEXT("here"), .read = here}};
static const ambit_prompt prompt_list[] = {{.struct_size = sizeof(ambit_prompt), .name = TEXT("here"), .make = here}};
OFFERS(tools, ambit_tool, tool_list)
OFFERS(resources, ambit_readable, resource_list)
OFFERS(prompts, ambit_prompt, prompt_list)

static const void *extension(const char *id) {
    if (strcmp(id, AMBIT_EXT_TOOLS) == 0) return &tools;
    if (strcmp(id, AMBIT_EXT_RESOURCES) == 0) return &resources;
    return strcmp(id, AMBIT_EXT_PROMPTS) == 0 ? &prompts : NULL;
}

static int is_there(const char *name, int make) {
    char path[300];
    snprintf(path, sizeof path, "%s/%s", getenv("ABSENT_FOLDER"), name);
    if (make) {
        FILE *file = fopen(path, "w");
        if (file) fclose(file);
    }
    return access(path, F_OK) == 0;
}

static int plugin_begin(const ambit_host *host) {
    for (int tries = 0; tries < 900 && is_there("hold", 0); tries++) {
        is_there("waiting", 1);
        usleep(10000);
    }
    return !is_there("fail", 0) && (calls = table(host, AMBIT_EXT_CALL));
}
PLUGIN("absent", "Is long in coming back.")
