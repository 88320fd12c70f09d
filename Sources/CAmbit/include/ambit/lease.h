#ifndef AMBIT_LEASE_H
#define AMBIT_LEASE_H

/*
 * Leases: what several calls or sessions share (a connection, a model, an index), under a key of the plugin's. It is built once, in a
 * scope of its own; each holder's scope owns a count; the last one that goes closes that scope, and waits for nothing.
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_LEASE "ambit.lease/1"

typedef uint64_t ambit_build; /* names one build under way; never reused */

typedef struct ambit_lease_options {
    uint32_t struct_size;
    uint32_t reserved;
    ambit_text key;    /* copied */
    void *context;

    /* Builds the shared thing in `scope`, where everything belongs that it needs (its clean-up, too: on_close), and ends with one
     * `built`, now or later. Called for the first holder only.
     * [plugin-thread & at most once] */
    void (*build)(void *context, ambit_scope scope, ambit_build build);

    /* The context may be freed now. May be NULL.
     * [any-thread & exactly once] */
    void (*destroyed)(void *context);
} ambit_lease_options;

typedef struct ambit_host_lease {
    uint32_t struct_size;
    uint32_t reserved;

    /* Makes `scope` a holder: `done` is called exactly once, never before this returns, with the built value, or with AMBIT_FAILED and why
     * (the build failed), AMBIT_CLOSED or AMBIT_CANCELLED. A wait that ends early leaves the build to the others; the last one that leaves
     * ends it. When this fails, nothing of `options` is called.
     * [any-thread & scope-open] */
    ambit_status (*acquire)(ambit_scope scope, const ambit_lease_options *options, void *context,
                            void (*done)(void *context, ambit_status status, ambit_lease lease, void *value,
                                         ambit_text message),
                            uint64_t *waiter, ambit_error *error);

    /* Ends a wait early with AMBIT_CANCELLED. AMBIT_NOT_FOUND: it is done already.
     * [any-thread] */
    ambit_status (*cancel_wait)(ambit_scope scope, uint64_t waiter);

    /* The build is done: AMBIT_OK and the value, which stays the plugin's memory, or why it failed.
     * [any-thread & once] */
    ambit_status (*built)(ambit_host_handle host, ambit_build build, ambit_status status, void *value, ambit_text message);

    /* Gives the count back before the holder's scope closes. Never waits.
     * [any-thread] */
    ambit_status (*release)(ambit_lease lease);
} ambit_host_lease;

#ifdef __cplusplus
}
#endif

#endif
