/*
 * What the fuzzer shoots at: harmless tools, resources and prompts whose answers can be foretold from the request.
 *
 * echo and any give their arguments back, echo by a rich schema; routed has arguments that headers mirror; ask asks its client for a name.
 */
#include "plugin.h"

#include <stdlib.h>

static const ambit_host_call *calls;
static const ambit_host_ask *asks;

static void finish(ambit_call call, const ambit_content *content, ambit_text structured) {
    const ambit_content *list[] = {content};
    ambit_result result = {.struct_size = sizeof result, .content = list, .content_count = content ? 1 : 0, .structured = structured};
    calls->finish(call, &result, NULL);
}

static ambit_text arguments(ambit_call call) {
    ambit_call_info info = {.struct_size = sizeof info};
    return calls->info(call, &info) == AMBIT_OK ? info.arguments : (ambit_text)TEXT("{}");
}

/* A tool gives its arguments back as they came, as text and structured. */
static void echo(void *context, ambit_call call) {
    (void)context;
    ambit_text given = arguments(call);
    ambit_content content = {.struct_size = sizeof content, .kind = AMBIT_CONTENT_TEXT, .text = given};
    finish(call, &content, given);
}

static void answered(void *context, const ambit_answer *const *answers, uint64_t count) {
    (void)count;
    ambit_content content = {.struct_size = sizeof content, .kind = AMBIT_CONTENT_TEXT, .text = answers[0]->result};
    finish((ambit_call)(uintptr_t)context, &content, (ambit_text){0});
}

static void ask(void *context, ambit_call call) {
    (void)context;
    ambit_ask_item item = {
        .struct_size = sizeof item, .kind = AMBIT_ASK_ELICITATION, .key = TEXT("who"),
        .params = TEXT("{\"message\":\"Name?\",\"requestedSchema\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}},"
                       "\"required\":[\"name\"]}}")};
    const ambit_ask_item *items[] = {&item};
    ambit_error error = {.struct_size = sizeof error};
    if (asks->ask(call, items, 1, (void *)(uintptr_t)call, answered, &error) != AMBIT_OK)
        calls->fail(call, error.detail == -32021 ? -32021 : -32603, (ambit_text){error.text, strlen(error.text)}, (ambit_text){0}, NULL);
}

static const ambit_tool tool_list[] = {
    {.struct_size = sizeof(ambit_tool), .execution = AMBIT_TOOL_INLINE, .name = TEXT("echo"), .description = TEXT("Gives back."), .invoke = echo,
     .input_schema = TEXT(
         "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":40},"
         "\"count\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":1000},\"ratio\":{\"type\":\"number\",\"exclusiveMinimum\":0},"
         "\"flag\":{\"type\":\"boolean\"},\"mode\":{\"enum\":[\"fast\",\"slow\",7]},"
         "\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"pattern\":\"^[a-z]+$\"},\"uniqueItems\":true,\"maxItems\":4},"
         "\"node\":{\"$ref\":\"#/$defs/node\"}},\"required\":[\"text\"],\"additionalProperties\":false,"
         "\"$defs\":{\"node\":{\"type\":\"object\",\"properties\":{\"value\":{\"type\":[\"number\",\"null\"]},"
         "\"next\":{\"$ref\":\"#/$defs/node\"}},\"additionalProperties\":false}}}")},
    {.struct_size = sizeof(ambit_tool), .execution = AMBIT_TOOL_INLINE, .name = TEXT("any"), .description = TEXT("Gives back."), .invoke = echo,
     .input_schema = TEXT("{\"type\":\"object\"}")},
    {.struct_size = sizeof(ambit_tool), .execution = AMBIT_TOOL_BLOCKING, .name = TEXT("routed"), .description = TEXT("Gives back."),
     .invoke = echo,
     .input_schema = TEXT(
         "{\"type\":\"object\",\"properties\":{\"region\":{\"type\":\"string\",\"x-mcp-header\":\"Region\"},"
         "\"count\":{\"type\":\"integer\",\"x-mcp-header\":\"Count\"},\"dry\":{\"type\":\"boolean\",\"x-mcp-header\":\"Dry\"}}}")},
    {.struct_size = sizeof(ambit_tool), .execution = AMBIT_TOOL_ASYNC, .name = TEXT("ask"), .description = TEXT("Asks."), .invoke = ask,
     .input_schema = TEXT("{\"type\":\"object\"}")},
};

/* A resource says its URI and the variables of its template. */
static void read(void *context, ambit_call call) {
    (void)context;
    ambit_content content = {
        .struct_size = sizeof content, .kind = AMBIT_CONTENT_EMBEDDED_TEXT, .text = arguments(call), .uri = TEXT("target://read")};
    finish(call, &content, (ambit_text){0});
}

static void make(void *context, ambit_call call) { echo(context, call); }

static void complete(void *context, ambit_call call) {
    (void)context;
    finish(call, NULL, (ambit_text)TEXT("{\"values\":[\"one\",\"two\"]}"));
}

#define READABLE(address, label, template)                                                                                           \
    {.struct_size = sizeof(ambit_readable), .execution = AMBIT_TOOL_INLINE, .is_template = template, .uri = TEXT(address),             \
     .name = TEXT(label), .read = read, .complete = complete}

static const ambit_readable resource_list[] = {
    READABLE("target://one", "one", 0), READABLE("target://two", "two", 0), READABLE("target://three", "three", 0),
    READABLE("target://item/{id}", "item", 1), READABLE("target://pair/{a}/{b}", "pair", 1), READABLE("target://all/{+rest}", "all", 1)};

static const ambit_prompt_argument word = {.struct_size = sizeof word, .is_required = 1, .name = TEXT("word")};
static const ambit_prompt_argument tone = {.struct_size = sizeof tone, .name = TEXT("tone")};
static const ambit_prompt_argument *const blanks[] = {&word, &tone};

#define PROMPT(label, count)                                                                                                         \
    {.struct_size = sizeof(ambit_prompt), .execution = AMBIT_TOOL_INLINE, .name = TEXT(label), .description = TEXT("Says something."), \
     .arguments = blanks, .arguments_count = count, .make = make, .complete = complete}

static const ambit_prompt prompt_list[] = {PROMPT("plain", 0), PROMPT("greet", 2), PROMPT("other", 1)};

OFFERS(tools, ambit_tool, tool_list)
OFFERS(resources, ambit_readable, resource_list)
OFFERS(prompts, ambit_prompt, prompt_list)

static const void *extension(const char *id) {
    if (strcmp(id, AMBIT_EXT_TOOLS) == 0) return &tools;
    if (strcmp(id, AMBIT_EXT_RESOURCES) == 0) return &resources;
    if (strcmp(id, AMBIT_EXT_PROMPTS) == 0) return &prompts;
    return NULL;
}

static int plugin_begin(const ambit_host *host) { return (calls = table(host, AMBIT_EXT_CALL)) && (asks = table(host, AMBIT_EXT_ASK)); }
PLUGIN("target", "Is shot at.")
