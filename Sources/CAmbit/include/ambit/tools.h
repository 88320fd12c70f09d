#ifndef AMBIT_TOOLS_H
#define AMBIT_TOOLS_H

/* The tools of a plugin: an extension that the plugin offers to the host. Clients list them in the order of their indices. */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_TOOLS "ambit.tools/1"

/* How a tool runs (A8); resources and prompts are served in the same three ways. */
enum {
    AMBIT_TOOL_ASYNC = 0,    /* invoke returns at once; the call is finished later, from any thread */
    AMBIT_TOOL_INLINE = 1,   /* never blocks and finishes within invoke; runs where the request was received */
    AMBIT_TOOL_BLOCKING = 2, /* invoke may block; runs on a blocking thread; the call is finished when it returns */
};

/* Whether calls go on as tasks of their clients (MCP's tasks extension). The call itself, its scope and its limits stay what they are. */
enum {
    AMBIT_TASK_NEVER = 0,
    AMBIT_TASK_OPTIONAL = 1, /* for clients that know tasks, when the call takes long or asks something */
    AMBIT_TASK_REQUIRED = 2, /* at once; clients of 2026-07-28 that know no tasks are refused, sessions get the answer when it is there */
};

/* Read once; everything but the context is copied. Raw JSON is scanned once and passed on unchanged (A11). */
typedef struct ambit_tool {
    uint32_t struct_size;
    int32_t execution;
    ambit_text name;          /* [A-Za-z0-9_.-]{1,64}, unique in a server */
    ambit_text title;         /* may be empty */
    ambit_text description;
    ambit_text input_schema;  /* JSON Schema, an object with "type": "object" */
    ambit_text output_schema; /* may be empty */
    ambit_text annotations;   /* JSON object, may be empty */
    ambit_text meta;          /* JSON object, may be empty */
    ambit_text icons;         /* JSON array of MCP's icons, may be empty */
    ambit_text serial_group;  /* two calls of one group never run at once; empty: concurrent */
    int64_t idle_limit_ns;    /* a call without progress for this long ends; 0: the host's default (120 s); -1: none */
    int64_t total_limit_ns;   /* 0: the host's default (1 h); -1: none */
    void *context;

    /* Handles one call. It must end in exactly one `finish` or `fail` of AMBIT_EXT_CALL (A9).
     * [plugin-thread, blocking-thread or loop-thread, as `execution` says] */
    void (*invoke)(void *context, ambit_call call);

    /* 1: where a client comes back with answers (ask.h) and the call that had asked is gone (a restart, another replica), the handler may be
     * run again from its start, and finds all answers under their keys. 0: the client is told to call again. */
    int32_t replayable;
    int32_t task; /* AMBIT_TASK_… */
} ambit_tool;

typedef struct ambit_plugin_tools {
    uint32_t struct_size;
    uint32_t reserved;

    /* How many tools there are; constant for an instance.
     * [any-thread & after create] */
    uint64_t (*count)(void *plugin);

    /* The tool at an index below count.
     * [any-thread & after create] */
    const ambit_tool *(*get)(void *plugin, uint64_t index);
} ambit_plugin_tools;

#ifdef __cplusplus
}
#endif

#endif
