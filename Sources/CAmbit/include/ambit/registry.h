#ifndef AMBIT_REGISTRY_H
#define AMBIT_REGISTRY_H

/*
 * Tools, resources and prompts that come and go while the plugin runs (A13): owned by the plugin's scope and offered to everybody, or by
 * the scope of a protocol session and offered to that session only. They are withdrawn when the scope closes. What a plugin always
 * offers needs none of this: see tools.h, resources.h, prompts.h.
 */

#include "prompts.h"
#include "resources.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_REGISTRY "ambit.registry/1"

typedef struct ambit_tool_registration {
    uint32_t struct_size;
    uint32_t reserved;
    const ambit_tool *tool; /* everything in it is copied */

    /* The tool's context may be freed now: it is withdrawn and its last call has ended. May be NULL.
     * [any-thread & exactly once] */
    void (*destroyed)(void *context);
} ambit_tool_registration;

typedef struct ambit_resource_registration {
    uint32_t struct_size;
    uint32_t reserved;
    const ambit_readable *resource; /* everything in it is copied */

    /* The resource's context may be freed now: it is withdrawn and its last call has ended. May be NULL.
     * [any-thread & exactly once] */
    void (*destroyed)(void *context);
} ambit_resource_registration;

typedef struct ambit_prompt_registration {
    uint32_t struct_size;
    uint32_t reserved;
    const ambit_prompt *prompt; /* everything in it is copied */

    /* The prompt's context may be freed now: it is withdrawn and its last call has ended. May be NULL.
     * [any-thread & exactly once] */
    void (*destroyed)(void *context);
} ambit_prompt_registration;

typedef struct ambit_host_registry {
    uint32_t struct_size;
    uint32_t reserved;

    /* Offers a tool from now on. AMBIT_INVALID_ARGUMENT: its declaration is wrong, or its name is taken; the error says by whom.
     * AMBIT_UNSUPPORTED: this scope has no client that could see it. When this fails, `destroyed` is not called.
     * [any-thread & scope-open] */
    ambit_status (*add_tool)(ambit_scope scope, const ambit_tool_registration *registration, ambit_registration *out,
                             ambit_error *error);

    /* Withdraws it before its scope closes. Calls under way go on.
     * [any-thread] */
    ambit_status (*remove)(ambit_registration registration);

    /* Offers a resource, or a template, from now on; as add_tool.
     * [any-thread & scope-open] */
    ambit_status (*add_resource)(ambit_scope scope, const ambit_resource_registration *registration, ambit_registration *out,
                                 ambit_error *error);

    /* Offers a prompt from now on; as add_tool.
     * [any-thread & scope-open] */
    ambit_status (*add_prompt)(ambit_scope scope, const ambit_prompt_registration *registration, ambit_registration *out,
                               ambit_error *error);

    /* What reading this URI gives has changed: clients that subscribe to it are told, those of one session only where the scope belongs to
     * one. Several at once are told once. AMBIT_NOT_FOUND: no resource or template of this plugin has this URI there.
     * [any-thread & scope-open] */
    ambit_status (*resource_updated)(ambit_scope scope, ambit_text uri, ambit_error *error);
} ambit_host_registry;

#ifdef __cplusplus
}
#endif

#endif
