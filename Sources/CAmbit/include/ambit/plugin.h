#ifndef AMBIT_PLUGIN_H
#define AMBIT_PLUGIN_H

/*
 * The way in: a plugin is a shared library that exports one function, ambit_plugin_entry (A1).
 * Everything else is found through get_extension, in both directions (A2).
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The host as a plugin sees it. Valid from create until destroy returns. */
typedef struct ambit_host {
    uint32_t struct_size;
    uint32_t abi_minor;
    ambit_host_handle handle;

    /* The plugin's own scope: lives as long as this generation of the plugin. */
    ambit_scope scope;

    /* Returns the table of an extension ("ambit.scope/1"), or NULL. The table is constant and outlives the plugin.
     * [any-thread] */
    const void *(*get_extension)(ambit_host_handle host, const char *id);
} ambit_host;

/* One instance of a plugin: a generation. Instances are independent and may be created and destroyed concurrently. */
typedef struct ambit_plugin {
    uint32_t struct_size;
    uint32_t reserved;
    void *context;

    /* Returns the plugin's table for an extension ("ambit.tools/1"), or NULL. Valid until destroy.
     * [any-thread & after create] */
    const void *(*get_extension)(void *context, const char *id);

    /* Takes exclusive resources: locks, ports, names. A failure unloads the plugin. May be NULL.
     * [plugin-thread & once, after create] */
    ambit_status (*activate)(void *context, ambit_error *error);

    /* The plugin scope begins to close: no call comes any more. May be NULL. Must not block.
     * [any-thread & at most once] */
    void (*quiesce)(void *context);

    /* Frees the instance. Comes last: its scope is closed, nothing of it runs any more. Never called for an instance
     * with abandoned work (S9).
     * [any-thread & once] */
    void (*destroy)(void *context);
} ambit_plugin;

/* What a plugin may do beyond computing; missing ones are answered with AMBIT_DENIED. */
enum {
    AMBIT_PERMISSION_PROCESS = 1u << 0,
    AMBIT_PERMISSION_NETWORK = 1u << 1,
    AMBIT_PERMISSION_FILES = 1u << 2,
    AMBIT_PERMISSION_FOREIGN_TOPICS = 1u << 3,
};

/* Static data of the library; reading it has no side effect. */
typedef struct ambit_plugin_descriptor {
    uint32_t struct_size;
    uint32_t abi_major; /* AMBIT_ABI_MAJOR; must equal the host's */
    uint32_t abi_minor; /* AMBIT_ABI_MINOR; while major is 0 this must equal the host's, too */
    uint32_t permissions;
    ambit_text toolchain; /* "swift 6.3.1", "c" …; for Swift it must equal the host's (A14) */
    ambit_text name;      /* [a-z][a-z0-9-]{0,31}; unique in a server */
    ambit_text version;
    ambit_text summary;
    const ambit_text *requires_ids; /* extensions of the host without which create makes no sense */
    uint64_t requires_count;
    ambit_text config_schema; /* JSON Schema of the configuration; empty: any object, not checked */

    /* For the SDK's use: passed back through `self`. */
    void *context;

    /* Makes an instance, without any effect outside it; `config` is a JSON object. `*out` stays the plugin's memory
     * until destroy.
     * [plugin-thread & once per instance] */
    ambit_status (*create)(const struct ambit_plugin_descriptor *self, const ambit_host *host, ambit_text config,
                           const ambit_plugin **out, ambit_error *error);
} ambit_plugin_descriptor;

/* The one symbol that a plugin exports: `const ambit_plugin_descriptor *ambit_plugin_entry(void)`. It has no side
 * effect and returns the same pointer each time.
 * [any-thread] */
typedef const ambit_plugin_descriptor *(*ambit_plugin_entry_function)(void);

#define AMBIT_PLUGIN_ENTRY_SYMBOL "ambit_plugin_entry"

#ifdef __cplusplus
}
#endif

#endif
