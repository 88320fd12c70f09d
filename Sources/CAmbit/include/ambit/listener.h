#ifndef AMBIT_LISTENER_H
#define AMBIT_LISTENER_H

/*
 * Listeners: ports and local sockets that a scope owns. Needs AMBIT_PERMISSION_NETWORK. The host waits for connections; each is owned
 * by a scope before the plugin sees it. When the scope closes, the port is given back first of all.
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_LISTENER "ambit.listener/1"

typedef struct ambit_listener_options {
    uint32_t struct_size;
    int32_t port;      /* 0: any that is free; ignored where `path` is given */
    ambit_text label;  /* copied */
    ambit_text host;   /* an address; empty: 127.0.0.1 */
    ambit_bytes path;  /* of a local socket, made for this user only and removed at the end; empty: TCP */
    uint32_t backlog;  /* 0: 128 */
    uint32_t reserved;
} ambit_listener_options;

typedef struct ambit_host_listener {
    uint32_t struct_size;
    uint32_t reserved;

    /* Listens from now on; `port` (may be NULL) becomes the port.
     * [any-thread & scope-open] */
    ambit_status (*open)(ambit_scope scope, const ambit_listener_options *options, ambit_listener *out, int32_t *port,
                         ambit_error *error);

    /* Takes the next connection into a scope: `done` is called exactly once, never before this returns, with a descriptor (non-blocking),
     * or with AMBIT_CLOSED or AMBIT_CANCELLED and 0. One at a time: AMBIT_INVALID_ARGUMENT. `waiter` (may be NULL)
     * names this wait for cancel_wait.
     * [any-thread & scope-open] */
    ambit_status (*accept)(ambit_listener listener, ambit_scope into, void *context,
                           void (*done)(void *context, ambit_status status, ambit_descriptor connection),
                           uint64_t *waiter, ambit_error *error);

    /* Ends a wait early with AMBIT_CANCELLED. AMBIT_NOT_FOUND: it is done already.
     * [any-thread] */
    ambit_status (*cancel_wait)(ambit_listener listener, uint64_t waiter);

    /* [any-thread] */
    ambit_status (*close)(ambit_listener listener);
} ambit_host_listener;

#ifdef __cplusplus
}
#endif

#endif
