/*
 * A plugin that asks its client (A12), for the tests of that. Each tool's handler asks, and answers with what it was told: one text for each
 * answer, "key status result message".
 *
 * name: who (elicitation). rounds: first, then second. all: elicitation, sampling and roots at once. rough: an elicitation that is no form.
 */
#include "plugin.h"

#include <stdio.h>
#include <stdlib.h>

static const ambit_host_call *calls;
static const ambit_host_ask *asks;

static void finish(ambit_call call, const char *text, int is_error) {
    ambit_content content = {.struct_size = sizeof content, .kind = AMBIT_CONTENT_TEXT, .text = {text, strlen(text)}};
    const ambit_content *list[] = {&content};
    ambit_result result = {.struct_size = sizeof result, .is_error = is_error, .content = list, .content_count = 1};
    calls->finish(call, &result, NULL);
}

typedef struct asking {
    ambit_call call;
    int rounds; /* that are still to come */
    char text[1024];
} asking;

static ambit_ask_item form(const char *key, const char *params) {
    return (ambit_ask_item){.struct_size = sizeof(ambit_ask_item), .kind = AMBIT_ASK_ELICITATION,
                            .key = {key, strlen(key)}, .params = {params, strlen(params)}};
}

static void answered(void *context, const ambit_answer *const *answers, uint64_t count);

static void ask(asking *self, const ambit_ask_item *const *items, uint64_t count) {
    ambit_error error = {.struct_size = sizeof error};
    ambit_status status = asks->ask(self->call, items, count, self, answered, &error);
    if (status == AMBIT_OK) return;
    if (error.detail == -32021)
        calls->fail(self->call, -32021, (ambit_text){error.text, strlen(error.text)}, (ambit_text){0}, NULL);
    else
        finish(self->call, error.text, 1);
    free(self);
}

#define NAME_FORM "{\"message\":\"Name?\",\"requestedSchema\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}},\"required\":[\"name\"]}}"

static void answered(void *context, const ambit_answer *const *answers, uint64_t count) {
    asking *self = context;
    for (uint64_t i = 0; i < count; i++) {
        size_t used = strlen(self->text);
        snprintf(self->text + used, sizeof self->text - used, "%s%.*s %d %.*s%.*s", used ? "; " : "", (int)answers[i]->key.size,
                 answers[i]->key.data, answers[i]->status, (int)answers[i]->result.size, answers[i]->result.data,
                 (int)answers[i]->message.size, answers[i]->message.data);
    }
    if (self->rounds-- > 0) {
        ambit_ask_item item = form("second", NAME_FORM);
        const ambit_ask_item *items[] = {&item};
        ask(self, items, 1);
        return;
    }
    finish(self->call, self->text, 0);
    free(self);
}

static void begin(ambit_call call, int rounds, const ambit_ask_item *const *items, uint64_t count) {
    asking *self = calloc(1, sizeof *self);
    self->call = call;
    self->rounds = rounds;
    ask(self, items, count);
}

static void name(void *context, ambit_call call) {
    (void)context;
    ambit_ask_item item = form("who", NAME_FORM);
    const ambit_ask_item *items[] = {&item};
    begin(call, 0, items, 1);
}

static void rounds(void *context, ambit_call call) {
    (void)context;
    ambit_ask_item item = form("first", NAME_FORM);
    const ambit_ask_item *items[] = {&item};
    begin(call, 1, items, 1);
}

static void rough(void *context, ambit_call call) {
    (void)context;
    ambit_ask_item item = form("who", "{\"message\":\"?\",\"requestedSchema\":{\"type\":\"array\"}}");
    const ambit_ask_item *items[] = {&item};
    begin(call, 0, items, 1);
}

static void all(void *context, ambit_call call) {
    (void)context;
    ambit_ask_item who = form("who", NAME_FORM);
    ambit_ask_item sample = {.struct_size = sizeof sample, .kind = AMBIT_ASK_SAMPLING, .key = TEXT("sample"),
                             .params = TEXT("{\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":\"Hi\"}}],\"maxTokens\":9}")};
    ambit_ask_item roots = {.struct_size = sizeof roots, .kind = AMBIT_ASK_ROOTS, .key = TEXT("roots"), .params = TEXT("{}")};
    const ambit_ask_item *items[] = {&who, &sample, &roots};
    begin(call, 0, items, 3);
}

#define TOOL(label, function, again, how)                                                                                                           \
    {.struct_size = sizeof(ambit_tool), .execution = AMBIT_TOOL_ASYNC, .name = TEXT(label), .description = TEXT("Asks."),                         \
     .input_schema = TEXT("{\"type\":\"object\"}"), .invoke = function, .replayable = again, .task = how}

static const ambit_tool list[] = {TOOL("name", name, 0, 0), TOOL("name_again", name, 1, 0), TOOL("rounds", rounds, 0, 0),
                                  TOOL("rounds_again", rounds, 1, 0), TOOL("all", all, 0, 0), TOOL("rough", rough, 0, 0),
                                  TOOL("rounds_task", rounds, 0, AMBIT_TASK_OPTIONAL), TOOL("all_task", all, 0, AMBIT_TASK_OPTIONAL)};

OFFERS(tools, ambit_tool, list)
static const void *extension(const char *id) { return strcmp(id, AMBIT_EXT_TOOLS) == 0 ? &tools : NULL; }
static int plugin_begin(const ambit_host *host) { return (calls = table(host, AMBIT_EXT_CALL)) && (asks = table(host, AMBIT_EXT_ASK)); }
PLUGIN("asking", "Asks its client.")
