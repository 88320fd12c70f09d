#ifndef AMBIT_BUS_H
#define AMBIT_BUS_H

/*
 * The event bus. A topic belongs to the plugin that publishes it. Names are like paths: "/<plugin>/<topic>" in full, and
 * a plugin names its own topics without that prefix. The publisher never waits and never runs foreign code; each subscription is a
 * bounded, ordered queue that its subscriber empties.
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_BUS "ambit.bus/1"

typedef struct ambit_subscribe_options {
    uint32_t struct_size;
    int32_t overflow;     /* DROP_OLDEST, COALESCE or FAIL (ends the subscription) */
    ambit_text topic;     /* own, or in full with AMBIT_PERMISSION_FOREIGN_TOPICS; a last "*" matches any ending */
    ambit_text key;       /* only events of this key; empty: all */
    uint64_t capacity;    /* events, at least 1 */
    uint64_t capacity_bytes; /* 0: only events count */
} ambit_subscribe_options;

/* Borrowed for the duration of the callback. */
typedef struct ambit_event {
    uint32_t struct_size;
    uint32_t reserved;
    ambit_text topic; /* full name */
    ambit_text key;
    ambit_bytes payload;
    uint64_t dropped; /* events lost right before this one */
    int64_t time_ns;  /* Unix epoch */
} ambit_event;

typedef struct ambit_host_bus {
    uint32_t struct_size;
    uint32_t reserved;

    /* Publishes to a topic of this plugin. `session` 0: to everybody; else the key of a session: only subscriptions in that
     * session's scopes and those outside any session get it. The payload is copied once.
     * [any-thread] */
    ambit_status (*publish)(ambit_host_handle host, ambit_text topic, ambit_text key, ambit_bytes payload,
                            uint64_t session, ambit_error *error);

    /* Subscribes until the scope closes or `close`.
     * [any-thread & scope-open] */
    ambit_status (*subscribe)(ambit_scope scope, const ambit_subscribe_options *options, ambit_subscription *out,
                              ambit_error *error);

    /* Gets the next event: `done` is called exactly once, never before this returns, with an event, or with AMBIT_CLOSED or
     * AMBIT_CANCELLED and NULL. `waiter` (may be NULL) names this wait for cancel_wait.
     * [any-thread] */
    ambit_status (*next)(ambit_subscription subscription, void *context,
                         void (*done)(void *context, ambit_status status, const ambit_event *event), uint64_t *waiter);

    /* Ends one waiting next early with AMBIT_CANCELLED. AMBIT_NOT_FOUND: it is done already.
     * [any-thread] */
    ambit_status (*cancel_wait)(ambit_subscription subscription, uint64_t waiter);

    /* [any-thread] */
    ambit_status (*close)(ambit_subscription subscription);
} ambit_host_bus;

#ifdef __cplusplus
}
#endif

#endif
