#ifndef AMBIT_REPLY_H
#define AMBIT_REPLY_H

/*
 * Replies: one-shot slots for answers that come from elsewhere (a device, a web hook, another process). A slot is resolved
 * exactly once, or times out, or closes with its scope or with the scope that was to answer. What comes late, twice or from a
 * stranger is counted and dropped.
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_REPLY "ambit.reply/1"

#define AMBIT_REPLY_ID_CAPACITY 48u

typedef struct ambit_reply_options {
    uint32_t struct_size;
    uint32_t reserved;
    ambit_text label;    /* copied */
    int64_t timeout_ns;  /* more than 0 */
    ambit_scope target;  /* who is to answer: the slot closes with it, too; 0: nobody in particular */
} ambit_reply_options;

/* Borrowed for the callback. */
typedef struct ambit_reply_result {
    uint32_t struct_size;
    ambit_status status; /* AMBIT_OK, AMBIT_TIMED_OUT, AMBIT_CLOSED; AMBIT_CANCELLED: only this wait has ended */
    ambit_bytes payload; /* empty unless AMBIT_OK */
    ambit_text reason;   /* why it closed, for people */
} ambit_reply_result;

typedef struct ambit_host_reply {
    uint32_t struct_size;
    uint32_t reserved;

    /* Opens a slot. `id` becomes its name for the outside: unguessable, zero-terminated.
     * [any-thread & scope-open] */
    ambit_status (*open)(ambit_scope scope, const ambit_reply_options *options, ambit_reply *out,
                         char id[AMBIT_REPLY_ID_CAPACITY], ambit_error *error);

    /* Waits for the outcome: `done` is called exactly once, never before this returns. One wait at a time:
     * AMBIT_INVALID_ARGUMENT. The outcome ends the slot. `waiter` (may be NULL) names this wait for cancel_wait.
     * [any-thread] */
    ambit_status (*wait)(ambit_reply reply, void *context, void (*done)(void *context, const ambit_reply_result *result),
                         uint64_t *waiter, ambit_error *error);

    /* Ends a wait early with AMBIT_CANCELLED; the slot stays open. AMBIT_NOT_FOUND: it is done already.
     * [any-thread] */
    ambit_status (*cancel_wait)(ambit_reply reply, uint64_t waiter);

    /* Answers a slot. AMBIT_NOT_FOUND: there is none of this id, or not any more: counted, nothing happens.
     * The payload is copied.
     * [any-thread] */
    ambit_status (*resolve)(ambit_host_handle host, ambit_text id, ambit_bytes payload, ambit_error *error);

    /* Gives the slot up.
     * [any-thread] */
    ambit_status (*close)(ambit_reply reply);
} ambit_host_reply;

#ifdef __cplusplus
}
#endif

#endif
