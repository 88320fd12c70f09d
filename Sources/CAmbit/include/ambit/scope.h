#ifndef AMBIT_SCOPE_H
#define AMBIT_SCOPE_H

/*
 * Scopes: who owns what, and when it ends. Everything that a plugin starts belongs to a scope; closing the scope
 * cancels, awaits and releases all of it, in order, within a deadline (S1 to S9).
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_SCOPE "ambit.scope/1"

enum {
    AMBIT_SCOPE_OPEN = 0,
    AMBIT_SCOPE_CLOSING = 1,
    AMBIT_SCOPE_CLOSED = 2,
};

/* Phases a finalizer can be registered for (S6). */
enum {
    AMBIT_PHASE_DRAIN = 1, /* polite goodbyes; skipped when the reason is not a normal end */
    AMBIT_PHASE_FREE = 4,  /* always, last, in reverse order of registration */
};

/* What a close did. Borrowed: lives for the call of `done`. */
typedef struct ambit_report {
    uint32_t struct_size;
    int32_t reason_kind;
    uint64_t released;  /* resources released */
    uint64_t failed;    /* releases that reported a failure (S8) */
    uint64_t abandoned; /* what could not be stopped (S9) */
    int64_t duration_ns;
    ambit_text text; /* for people: what failed or was abandoned; empty if nothing was */
} ambit_report;

enum {
    AMBIT_FINALIZER_DONE = 0,
    AMBIT_FINALIZER_PENDING = 1, /* it will call `finished` */
    AMBIT_FINALIZER_FAILED = 2,  /* counted and reported; the others run all the same (S8) */
};

/* A clean-up action (S16). */
typedef struct ambit_finalizer_options {
    uint32_t struct_size;
    int32_t phase;
    ambit_text label; /* copied */
    void *context;

    /* Runs the action; returns AMBIT_FINALIZER_…. Must not block.
     * [plugin-thread & at most once] */
    int32_t (*run)(void *context, ambit_finalizer self, const ambit_reason *reason);

    /* The context may be freed now: nothing is called after this. May be NULL.
     * [any-thread & exactly once] */
    void (*destroyed)(void *context);
} ambit_finalizer_options;

typedef struct ambit_host_scope {
    uint32_t struct_size;
    uint32_t reserved;

    /* Opens a scope inside `parent`. Its owner is `parent`; close it when its work is done.
     * [any-thread & scope-open] */
    ambit_status (*open)(ambit_scope parent, ambit_text label, ambit_scope *out, ambit_error *error);

    /* Starts to close a scope of the plugin's own making, and returns; `done` (may be NULL) follows when it is closed,
     * also if someone else closed it first. Only scopes from `open` can be closed: AMBIT_DENIED for the others.
     * AMBIT_STALE_HANDLE: it is closed already, and `done` is not called.
     * [any-thread] */
    ambit_status (*close)(ambit_scope scope, const ambit_reason *reason, void *context,
                          void (*done)(void *context, const ambit_report *report), ambit_error *error);

    /* Writes one of AMBIT_SCOPE_…; a scope that is gone is AMBIT_SCOPE_CLOSED.
     * [any-thread] */
    ambit_status (*state)(ambit_scope scope, int32_t *out);

    /* Registers a clean-up action. When this fails, `destroyed` is not called: the context stays the caller's.
     * [any-thread & scope-open] */
    ambit_status (*on_close)(ambit_scope scope, const ambit_finalizer_options *options, ambit_finalizer *out,
                             ambit_error *error);

    /* Ends a finalizer that returned AMBIT_FINALIZER_PENDING; `status` AMBIT_OK or what went wrong.
     * [any-thread] */
    ambit_status (*finished)(ambit_finalizer finalizer, ambit_status status);

    /* Takes a finalizer back before its scope closes: it never runs, `destroyed` is called after this returns.
     * [any-thread] */
    ambit_status (*remove)(ambit_finalizer finalizer);

    /* Opens a scope for clean-up that needs resources of its own, also inside one that closes already (from a finalizer, from `cancel`): bounded
     * by what is left of that close (S5, S7), which waits until it is closed. Close it when its work is done.
     * [any-thread & scope-open or scope-closing] */
    ambit_status (*cleanup)(ambit_scope scope, ambit_text label, ambit_scope *out, ambit_error *error);

    /* Moves a resource (a task, channel, subscription, timer, process, finalizer, reply, descriptor, listener, directory, arena or a
     * resource of an own kind) to a scope further up, in the plugin's own generation (S11). Logged. The handle stays the same.
     * AMBIT_INVALID_ARGUMENT: `to` is not above its scope.
     * [any-thread & scope-open] */
    ambit_status (*promote)(ambit_handle resource, ambit_scope to, ambit_error *error);

    /* Ends a finalizer, timer or task as its own `remove` or `cancel` would, and waits until its last invocation and `destroyed`
     * have returned (S16). AMBIT_WOULD_DEADLOCK inside a callback of the same plugin; AMBIT_TIMED_OUT: it goes on ending.
     * AMBIT_STALE_HANDLE: it has ended, or is of another kind.
     * [own-thread or blocking-thread] */
    ambit_status (*release_wait)(ambit_handle registration, int64_t timeout_ns, ambit_error *error);
} ambit_host_scope;

#ifdef __cplusplus
}
#endif

#endif
