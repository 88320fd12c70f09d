/// See `TestPlugin`.
let testPluginSource = #"""
    #include <ambit/ambit.h>
    #include <string.h>

    #define TEXT(s) { s, sizeof(s) - 1 }
    static const ambit_host *host;
    static const ambit_host_call *calls;
    static const ambit_host_ask *asks;

    static void answer(ambit_call call) {
        ambit_call_info info = { .struct_size = sizeof info };
        if (calls->info(call, &info) != AMBIT_OK) return;
        ambit_content text = { .struct_size = sizeof text, .kind = AMBIT_CONTENT_TEXT, .text = info.arguments };
        const ambit_content *content[] = { &text };
        ambit_result result = { .struct_size = sizeof result, .content = content, .content_count = 1 };
        calls->finish(call, &result, NULL);
    }
    static void echo(void *context, ambit_call call) { (void)context; answer(call); }
    static void hold(void *context, ambit_call call) { (void)context; (void)call; }
    static void heard(void *context, const ambit_answer *const *answers, uint64_t count) { (void)context; (void)answers; (void)count; }
    /* Asks, and goes on whatever the answer is. */
    static void question(void *context, ambit_call call) {
        (void)context;
        ambit_ask_item item = { .struct_size = sizeof item, .kind = AMBIT_ASK_ELICITATION, .key = TEXT("k"), .params = TEXT(
            "{\"message\":\"?\",\"requestedSchema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}}") };
        const ambit_ask_item *items[] = { &item };
        asks->ask(call, items, 1, NULL, heard, NULL);
    }
    static void count(void *context, ambit_call call) {
        (void)context;
        for (int i = 1; i <= 3; i++) calls->progress(call, i, 3, (ambit_text){ "step", 4 });
        answer(call);
    }
    #ifdef MORE
    static void told(void *context, const ambit_answer *const *answers, uint64_t count) {
        (void)count;
        ambit_content text = { .struct_size = sizeof text, .kind = AMBIT_CONTENT_TEXT, .text = answers[0]->result };
        if (answers[0]->status != AMBIT_OK) text.text = answers[0]->message;
        const ambit_content *content[] = { &text };
        ambit_result result = { .struct_size = sizeof result, .is_error = answers[0]->status != AMBIT_OK, .content = content,
                                .content_count = 1 };
        calls->finish((ambit_call)(uintptr_t)context, &result, NULL);
    }
    /* Asks, and says what the answer is, or why it can't ask. */
    static void inquire(void *context, ambit_call call) {
        (void)context;
        ambit_ask_item item = { .struct_size = sizeof item, .kind = AMBIT_ASK_ELICITATION, .key = TEXT("k"), .params = TEXT(
            "{\"message\":\"?\",\"requestedSchema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}}") };
        const ambit_ask_item *items[] = { &item };
        ambit_error error = { .struct_size = sizeof error };
        if (asks->ask(call, items, 1, (void *)(uintptr_t)call, told, &error) == AMBIT_OK) return;
        calls->fail(call, -32603, (ambit_text){ error.text, strlen(error.text) }, (ambit_text){ 0 }, NULL);
    }
    /* Asks, and does not wait for the answer. */
    static void ask_and_go(void *context, ambit_call call) {
        question(context, call);
        answer(call);
    }
    #endif
    #define TOOL(n, e, f) { .struct_size = sizeof(ambit_tool), .execution = e, .name = TEXT(n), \
        .description = TEXT("A tool of the tests."), .input_schema = TEXT("{\"type\":\"object\"}"), .invoke = f, \
        .idle_limit_ns = -1 }
    static const ambit_tool list[] = {
        TOOL("echo", AMBIT_TOOL_INLINE, echo), TOOL("hold", AMBIT_TOOL_ASYNC, hold), TOOL("count", AMBIT_TOOL_ASYNC, count),
        TOOL("question", AMBIT_TOOL_ASYNC, question),
    #ifdef MORE
    #define MORE_OF(n, e, f, r, t) { .struct_size = sizeof(ambit_tool), .execution = e, .name = TEXT(n), \
        .description = TEXT("A tool of the tests."), .input_schema = TEXT("{\"type\":\"object\"}"), .invoke = f, \
        .idle_limit_ns = -1, .total_limit_ns = -1, .replayable = r, .task = t }
        MORE_OF("inquire", AMBIT_TOOL_ASYNC, inquire, 1, AMBIT_TASK_NEVER),
        MORE_OF("ask_and_go", AMBIT_TOOL_ASYNC, ask_and_go, 0, AMBIT_TASK_NEVER),
        MORE_OF("inquire_task", AMBIT_TOOL_ASYNC, inquire, 0, AMBIT_TASK_OPTIONAL),
        MORE_OF("echo_task", AMBIT_TOOL_INLINE, echo, 0, AMBIT_TASK_OPTIONAL),
        MORE_OF("must", AMBIT_TOOL_INLINE, echo, 0, AMBIT_TASK_REQUIRED),
    #endif
    };
    static uint64_t size(void *plugin) { (void)plugin; return sizeof list / sizeof *list; }
    static const ambit_tool *get(void *plugin, uint64_t index) { (void)plugin; return &list[index]; }
    static const ambit_plugin_tools tools = { .struct_size = sizeof tools, .count = size, .get = get };
    static const void *extension(void *context, const char *id) {
        (void)context;
        return strcmp(id, AMBIT_EXT_TOOLS) == 0 ? &tools : NULL;
    }
    static ambit_status activate(void *context, ambit_error *error) { (void)context; (void)error; return AMBIT_OK; }
    static void nothing(void *context) { (void)context; }
    static const ambit_plugin instance = {
        .struct_size = sizeof instance, .get_extension = extension, .activate = activate, .quiesce = nothing, .destroy = nothing,
    };
    static ambit_status create(const ambit_plugin_descriptor *self, const ambit_host *given, ambit_text config,
                               const ambit_plugin **out, ambit_error *error) {
        (void)self; (void)config; (void)error;
        host = given;
        calls = host->get_extension(host->handle, AMBIT_EXT_CALL);
        *out = &instance;
        asks = host->get_extension(host->handle, AMBIT_EXT_ASK);
        return calls && asks ? AMBIT_OK : AMBIT_UNSUPPORTED;
    }
    static const ambit_plugin_descriptor descriptor = {
        .struct_size = sizeof descriptor, .abi_major = AMBIT_ABI_MAJOR, .abi_minor = AMBIT_ABI_MINOR,
        .toolchain = TEXT("c"), .name = TEXT("test"), .version = TEXT("1"), .summary = TEXT("For tests."), .create = create,
    };
    __attribute__((visibility("default"))) const ambit_plugin_descriptor *ambit_plugin_entry(void) { return &descriptor; }
    """#
