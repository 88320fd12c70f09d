#ifndef AMBIT_KIND_H
#define AMBIT_KIND_H

/*
 * Kinds of a plugin's own: what it acquires from elsewhere (a database handle, a lock, a device) becomes a resource like those of
 * the host, counted in the ledger under its kind, released exactly once.
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_KIND "ambit.kind/1"

/* The phase in which a close releases it (S6). */
enum {
    AMBIT_RELEASE_EARLY = 0, /* told to end with everything else that runs, then awaited */
    AMBIT_RELEASE_LATE = 1,  /* last, one at a time, in reverse order of acquisition */
};

enum {
    AMBIT_RELEASE_DONE = 0,
    AMBIT_RELEASE_PENDING = 1, /* it will call `released` */
    AMBIT_RELEASE_FAILED = 2,  /* counted and reported; it is gone all the same (S8) */
};

typedef struct ambit_kind_descriptor {
    uint32_t struct_size;
    int32_t phase;
    ambit_text name; /* [a-z][a-z0-9-]{0,31}; copied; the ledger shows "<plugin>.<name>" */

    /* Releases what was committed; returns AMBIT_RELEASE_…; a value that the host does not know counts as failed. Must not block.
     * [plugin-thread & exactly once per committed resource] */
    int32_t (*release)(void *resource, ambit_resource self, const ambit_reason *reason);
} ambit_kind_descriptor;

typedef struct ambit_host_kind {
    uint32_t struct_size;
    uint32_t reserved;

    /* Defines a kind for the rest of this instance's life; at most 32.
     * [any-thread] */
    ambit_status (*define)(ambit_host_handle host, const ambit_kind_descriptor *descriptor, ambit_kind *out,
                           ambit_error *error);

    /* Takes a place in the scope before anything is acquired (S4); one `commit` or `withdraw` must follow.
     * [any-thread & scope-open] */
    ambit_status (*reserve)(ambit_scope scope, ambit_kind kind, ambit_text label, ambit_resource *out, ambit_error *error);

    /* It is acquired; `resource` is what `release` gets. AMBIT_CLOSED: the scope has begun to close meanwhile, and the host releases it:
     * `release` is called after this returns, the caller must not.
     * [any-thread & once] */
    ambit_status (*commit)(ambit_resource handle, void *resource, ambit_error *error);

    /* Acquiring it failed.
     * [any-thread & once] */
    ambit_status (*withdraw)(ambit_resource handle);

    /* What it is doing, for the scope tree; copied.
     * [any-thread] */
    ambit_status (*describe)(ambit_resource handle, ambit_text text);

    /* Ends a release that returned AMBIT_RELEASE_PENDING; `status` AMBIT_OK or what went wrong.
     * [any-thread] */
    ambit_status (*released)(ambit_resource handle, ambit_status status);

    /* Begins to release it before its scope closes; `release` follows.
     * [any-thread] */
    ambit_status (*end)(ambit_resource handle);
} ambit_host_kind;

#ifdef __cplusplus
}
#endif

#endif
