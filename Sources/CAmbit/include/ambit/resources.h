#ifndef AMBIT_RESOURCES_H
#define AMBIT_RESOURCES_H

/* What clients may read: the resources of a plugin and their templates, an extension that the plugin offers to the host. */

#include "tools.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_RESOURCES "ambit.resources/1"

/*
 * A resource, or a template of many (ambit_resource is another thing: kind.h). Read once; everything but the context is copied.
 *
 * Templates are of RFC 6570, as far as a URI can be matched back: {a}, {a,b}, {+a}, {.a}, {/a} and, at the end, {?a,b} and {&a,b};
 * a literal stands between two expressions. A variable holds no "/", "?" or "#" unless it is a {+a}; it is never empty.
 * Where several templates match, the one that was registered first is read.
 */
typedef struct ambit_readable {
    uint32_t struct_size;
    int32_t execution;        /* AMBIT_TOOL_…: of read and complete */
    int32_t is_template;      /* 0: `uri` is a URI; 1: a template */
    int32_t reserved;
    ambit_text uri;           /* absolute, unique in a server; "ambit:" is the host's */
    ambit_text name;
    ambit_text title;         /* may be empty */
    ambit_text description;   /* may be empty */
    ambit_text mime_type;     /* may be empty */
    int64_t size;             /* bytes; 0: unknown */
    ambit_text annotations;   /* JSON object, may be empty */
    ambit_text icons;         /* JSON array of MCP's icons, may be empty */
    ambit_text meta;          /* JSON object, may be empty */
    ambit_text serial_group;  /* as in tools.h */
    int64_t idle_limit_ns;
    int64_t total_limit_ns;
    void *context;

    /* Handles one reading: AMBIT_CALL_RESOURCE.
     * [plugin-thread, blocking-thread or loop-thread, as `execution` says] */
    void (*read)(void *context, ambit_call call);

    /* Completes a variable of a template: AMBIT_CALL_COMPLETION. May be NULL: then nothing is suggested.
     * [plugin-thread, blocking-thread or loop-thread, as `execution` says] */
    void (*complete)(void *context, ambit_call call);
} ambit_readable;

typedef struct ambit_plugin_resources {
    uint32_t struct_size;
    uint32_t reserved;

    /* How many there are, templates included; constant for an instance.
     * [any-thread & after create] */
    uint64_t (*count)(void *plugin);

    /* The one at an index below count; their order is that of the list.
     * [any-thread & after create] */
    const ambit_readable *(*get)(void *plugin, uint64_t index);
} ambit_plugin_resources;

#ifdef __cplusplus
}
#endif

#endif
