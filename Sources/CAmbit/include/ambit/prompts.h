#ifndef AMBIT_PROMPTS_H
#define AMBIT_PROMPTS_H

/* The prompts of a plugin: texts with blanks that a person chooses; an extension that the plugin offers to the host. */

#include "tools.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_PROMPTS "ambit.prompts/1"

/* A blank of a prompt. What a client gives for it is a string. */
typedef struct ambit_prompt_argument {
    uint32_t struct_size;
    int32_t is_required;    /* a client that leaves it out is refused by the host */
    ambit_text name;
    ambit_text title;       /* may be empty */
    ambit_text description; /* may be empty */
} ambit_prompt_argument;

/* Read once; everything but the context is copied. */
typedef struct ambit_prompt {
    uint32_t struct_size;
    int32_t execution;       /* AMBIT_TOOL_…: of get and complete */
    ambit_text name;         /* [A-Za-z0-9_.-]{1,64}, unique among the prompts of a server */
    ambit_text title;        /* may be empty */
    ambit_text description;  /* may be empty */
    const ambit_prompt_argument *const *arguments;
    uint64_t arguments_count;
    ambit_text icons;        /* JSON array of MCP's icons, may be empty */
    ambit_text meta;         /* JSON object, may be empty */
    ambit_text serial_group; /* as in tools.h */
    int64_t idle_limit_ns;
    int64_t total_limit_ns;
    void *context;

    /* Makes the messages: AMBIT_CALL_PROMPT.
     * [plugin-thread, blocking-thread or loop-thread, as `execution` says] */
    void (*make)(void *context, ambit_call call);

    /* Completes an argument: AMBIT_CALL_COMPLETION. May be NULL: then nothing is suggested.
     * [plugin-thread, blocking-thread or loop-thread, as `execution` says] */
    void (*complete)(void *context, ambit_call call);
} ambit_prompt;

typedef struct ambit_plugin_prompts {
    uint32_t struct_size;
    uint32_t reserved;

    /* How many prompts there are; constant for an instance.
     * [any-thread & after create] */
    uint64_t (*count)(void *plugin);

    /* The prompt at an index below count.
     * [any-thread & after create] */
    const ambit_prompt *(*get)(void *plugin, uint64_t index);
} ambit_plugin_prompts;

#ifdef __cplusplus
}
#endif

#endif
