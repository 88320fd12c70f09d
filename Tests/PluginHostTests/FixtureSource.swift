/// The C plugin that the tests compile. Macros make the variants: -DNAME, -DABI_MINOR, -DTOOLCHAIN, -DPERMISSIONS, -DREQUIRES,
/// -DTOOL_PREFIX, -DCREATE_FAILS, -DCREATE_HANGS, -DSECOND_FAILS, -DACTIVATE_FAILS, -DNO_ENTRY, -DENTRY_NULL, -DENTRY_CRASHES,
/// -DCONSTRUCTOR_CRASHES, -DCONSTRUCTOR_HANGS, -DCONSTRUCTOR_EXITS, -DUNDEFINED, -DNEEDS_PART, -DBAD_SCHEMA, -DNO_TOOLS, -DSTALLS.
let fixtureSource = #"""
    #include <ambit/ambit.h>
    #include <signal.h>
    #include <stdatomic.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>

    #ifndef NAME
    #define NAME "fixture"
    #endif
    #ifndef ABI_MINOR
    #define ABI_MINOR AMBIT_ABI_MINOR
    #endif
    #ifndef TOOLCHAIN
    #define TOOLCHAIN "c"
    #endif
    #ifndef PERMISSIONS
    #define PERMISSIONS AMBIT_PERMISSION_PROCESS
    #endif
    #ifndef TOOL_PREFIX
    #define TOOL_PREFIX ""
    #endif
    #define TEXT(s) { s, sizeof(s) - 1 }

    enum { CREATED, ACTIVATED, QUIESCED, DESTROYED, INVOKED, LATE_STATUS, LEAKING, CONSTRUCTED, COUNTERS };
    static atomic_int counters[COUNTERS];
    static atomic_int released;
    __attribute__((visibility("default"))) int fixture_get(int which) { return atomic_load(&counters[which]); }
    __attribute__((visibility("default"))) void fixture_release(void) { atomic_store(&released, 1); }
    __attribute__((constructor)) static void constructed(void) {
        atomic_fetch_add(&counters[CONSTRUCTED], 1);
    #ifdef CONSTRUCTOR_CRASHES
        fprintf(stderr, "the sky is falling\n");
        raise(SIGSEGV);
    #endif
    #ifdef CONSTRUCTOR_HANGS
        for (;;) pause();
    #endif
    #ifdef CONSTRUCTOR_EXITS
        _exit(7);
    #endif
    }
    #ifdef UNDEFINED
    extern int defined_nowhere(void);
    __attribute__((visibility("default"))) int fixture_undefined(void) { return defined_nowhere(); }
    #endif
    #ifdef NEEDS_PART
    extern int fixture_part(void);
    __attribute__((visibility("default"))) int fixture_uses_part(void) { return fixture_part(); }
    #endif

    static const ambit_host *host;
    static const ambit_host_call *calls;
    static const ambit_host_task *tasks;

    static ambit_status answer(ambit_call call, const char *structured) {
        ambit_call_info info = { .struct_size = sizeof info };
        ambit_status status = calls->info(call, &info);
        if (status != AMBIT_OK) return status;
        ambit_content text = { .struct_size = sizeof text, .kind = AMBIT_CONTENT_TEXT, .text = info.arguments };
        const ambit_content *content[] = { &text };
        ambit_result result = { .struct_size = sizeof result, .content = content, .content_count = 1 };
        if (structured) result.structured = (ambit_text){ structured, strlen(structured) };
        return calls->finish(call, &result, NULL);
    }
    static void echo(void *context, ambit_call call) {
        (void)context;
        atomic_fetch_add(&counters[INVOKED], 1);
        answer(call, NULL);
    }
    static void echo_job(void *context) { answer((ambit_call)(uintptr_t)context, NULL); }
    static void echo_async(void *context, ambit_call call) {
        (void)context;
        atomic_fetch_add(&counters[INVOKED], 1);
        tasks->post(host->handle, (void *)(uintptr_t)call, echo_job);
    }
    static void nothing(void *context, ambit_call call) {
        (void)context; (void)call;
        atomic_fetch_add(&counters[INVOKED], 1);
    }
    static void twice(void *context, ambit_call call) {
        (void)context;
        answer(call, NULL);
        ambit_result again = { .struct_size = sizeof again };
        atomic_store(&counters[LATE_STATUS], calls->finish(call, &again, NULL));
    }
    static void bad_json(void *context, ambit_call call) {
        (void)context;
        atomic_store(&counters[LATE_STATUS], answer(call, "{\"a\":"));
    }
    static void leaky(void *context, ambit_call call) {
        (void)context;
        answer(call, NULL);
        atomic_fetch_add(&counters[LEAKING], 1);
        while (!atomic_load(&released)) usleep(2000);
    }

    #ifdef SILENT
    static void silent(void *context, ambit_call call) {
        (void)context; (void)call;
        atomic_fetch_add(&counters[LEAKING], 1);
        while (!atomic_load(&released)) usleep(2000);
    }
    #endif

    #ifdef STALLS
    static void stalls(void *context, ambit_call call) {
        (void)context;
        atomic_fetch_add(&counters[LEAKING], 1);
        while (!atomic_load(&released)) usleep(2000);
        answer(call, NULL);
    }
    #endif

    #define TOOL(n, e, f) { .struct_size = sizeof(ambit_tool), .execution = e, .name = TEXT(TOOL_PREFIX n), \
        .description = TEXT("A tool of the fixture."), .input_schema = TEXT(SCHEMA), .invoke = f
    #ifdef BAD_SCHEMA
    #define SCHEMA "{\"type\":\"string\"}"
    #elif defined(UNUSABLE_SCHEMA)
    #define SCHEMA "{\"type\":\"object\",\"properties\":{\"port\":{\"type\":\"strnig\"}}}"
    #else
    #define SCHEMA "{\"type\":\"object\"}"
    #endif
    static const ambit_tool list[] = {
        TOOL("echo_inline", AMBIT_TOOL_INLINE, echo) },
        TOOL("echo_async", AMBIT_TOOL_ASYNC, echo_async) },
        TOOL("echo_blocking", AMBIT_TOOL_BLOCKING, echo) },
        TOOL("hold", AMBIT_TOOL_ASYNC, nothing) },
        TOOL("limited", AMBIT_TOOL_ASYNC, nothing), .idle_limit_ns = 5000000000, .total_limit_ns = 20000000000 },
        TOOL("serial", AMBIT_TOOL_ASYNC, nothing), .serial_group = TEXT("g") },
        TOOL("unfinished", AMBIT_TOOL_BLOCKING, nothing) },
        TOOL("unfinished_inline", AMBIT_TOOL_INLINE, nothing) },
        TOOL("twice", AMBIT_TOOL_INLINE, twice) },
        TOOL("bad_json", AMBIT_TOOL_INLINE, bad_json) },
        TOOL("leaky", AMBIT_TOOL_BLOCKING, leaky) },
    #ifdef SILENT
        TOOL("silent", AMBIT_TOOL_BLOCKING, silent) },
    #endif
    #ifdef STALLS
        TOOL("stalls", AMBIT_TOOL_INLINE, stalls) },
    #endif
    };
    static uint64_t count(void *plugin) { (void)plugin; return sizeof list / sizeof *list; }
    static const ambit_tool *get(void *plugin, uint64_t index) { (void)plugin; return &list[index]; }
    static const ambit_plugin_tools tools = { .struct_size = sizeof tools, .count = count, .get = get };

    static const void *extension(void *context, const char *id) {
        (void)context;
    #ifdef NO_TOOLS
        return NULL;
    #endif
        return strcmp(id, AMBIT_EXT_TOOLS) == 0 ? &tools : NULL;
    }
    static ambit_status activate(void *context, ambit_error *error) {
        (void)context;
        atomic_fetch_add(&counters[ACTIVATED], 1);
    #ifdef ACTIVATE_FAILS
        if (error) strcpy(error->text, "the port is taken");
        return AMBIT_FAILED;
    #endif
        (void)error;
        return AMBIT_OK;
    }
    static void quiesce(void *context) { (void)context; atomic_fetch_add(&counters[QUIESCED], 1); }
    static void destroy(void *context) { (void)context; atomic_fetch_add(&counters[DESTROYED], 1); }
    static const ambit_plugin instance = {
        .struct_size = sizeof instance, .get_extension = extension, .activate = activate, .quiesce = quiesce, .destroy = destroy,
    };
    static ambit_status create(const ambit_plugin_descriptor *self, const ambit_host *given, ambit_text config,
                               const ambit_plugin **out, ambit_error *error) {
        (void)self; (void)config;
        atomic_fetch_add(&counters[CREATED], 1);
    #ifdef CREATE_FAILS
        if (error) strcpy(error->text, "the configuration has no 'root'");
        return AMBIT_INVALID_ARGUMENT;
    #endif
        (void)error;
    #ifdef SECOND_FAILS
        /* Once it is released. */
        if (atomic_load(&counters[CREATED]) == 2) {
            while (!atomic_load(&released)) usleep(1000);
            if (error) strcpy(error->text, "the port is taken");
            return AMBIT_FAILED;
        }
    #endif
    #ifdef CREATE_HANGS
        while (!atomic_load(&released)) usleep(1000);
    #endif
        host = given;
        calls = host->get_extension(host->handle, AMBIT_EXT_CALL);
        tasks = host->get_extension(host->handle, AMBIT_EXT_TASK);
        if (!calls || !tasks || host->get_extension(host->handle, "ambit.nonsense/1")) return AMBIT_UNSUPPORTED;
        *out = &instance;
        return AMBIT_OK;
    }

    #ifdef REQUIRES
    static const ambit_text requires[] = { TEXT(REQUIRES) };
    #endif
    static const ambit_plugin_descriptor descriptor = {
        .struct_size = sizeof descriptor, .abi_major = AMBIT_ABI_MAJOR, .abi_minor = ABI_MINOR, .permissions = PERMISSIONS,
        .toolchain = TEXT(TOOLCHAIN), .name = TEXT(NAME), .version = TEXT("1.2.3"), .summary = TEXT("For tests."),
    #ifdef REQUIRES
        .requires_ids = requires, .requires_count = 1,
    #endif
    #ifdef CONFIG_SCHEMA
        .config_schema = TEXT(CONFIG_SCHEMA),
    #endif
        .create = create,
    };
    #ifndef NO_ENTRY
    __attribute__((visibility("default"))) const ambit_plugin_descriptor *ambit_plugin_entry(void) {
    #ifdef ENTRY_CRASHES
        abort();
    #endif
    #ifdef ENTRY_NULL
        return NULL;
    #endif
        return &descriptor;
    }
    #endif
    """#
