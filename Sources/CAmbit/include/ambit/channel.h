#ifndef AMBIT_CHANNEL_H
#define AMBIT_CHANNEL_H

/*
 * Channels: bounded queues inside one plugin. Items are the plugin's own pointers; the host never reads behind them.
 * Closing lets receivers drain; when the scope is cancelled, what is queued is destroyed.
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_CHANNEL "ambit.channel/1"

typedef struct ambit_channel_options {
    uint32_t struct_size;
    int32_t overflow;
    ambit_text label;       /* copied */
    uint64_t capacity;      /* items, at least 1 */
    uint64_t capacity_bytes; /* sum of the items' sizes; 0: only items count */

    /* Frees an item that no receiver will get.
     * [any-thread & once per item] */
    void (*destroy_item)(void *item);
} ambit_channel_options;

/* `dropped` counts items lost right before this one (drop oldest, coalesce). Must not block.
 * [any-thread] */
typedef void (*ambit_channel_receive_done)(void *context, ambit_status status, void *item, uint64_t dropped);

typedef struct ambit_host_channel {
    uint32_t struct_size;
    uint32_t reserved;

    /* [any-thread & scope-open] */
    ambit_status (*open)(ambit_scope scope, const ambit_channel_options *options, ambit_channel *out,
                         ambit_error *error);

    /* Sends without waiting. On AMBIT_OK the channel owns the item; else the caller keeps it: AMBIT_FULL, AMBIT_CLOSED.
     * `key` is for coalescing. `size` in bytes.
     * [any-thread] */
    ambit_status (*try_send)(ambit_channel channel, void *item, uint64_t size, uint64_t key);

    /* Like try_send; where the queue is full and overflow is WAIT, the host keeps the item and calls `done` once it is queued
     * (AMBIT_OK) or never will be (AMBIT_CLOSED, AMBIT_CANCELLED; the item is the caller's again). Returns AMBIT_OK when
     * it was queued at once: then `done` is not called; AMBIT_FULL when `done` will be called. `waiter` (may be NULL) names
     * this wait for cancel_wait.
     * [any-thread] */
    ambit_status (*send)(ambit_channel channel, void *item, uint64_t size, uint64_t key, void *context,
                         void (*done)(void *context, ambit_status status), uint64_t *waiter);

    /* Receives without waiting: AMBIT_OK, AMBIT_EMPTY, or AMBIT_CLOSED when it is closed and drained.
     * [any-thread] */
    ambit_status (*try_receive)(ambit_channel channel, void **item, uint64_t *dropped);

    /* Receives: `done` is called exactly once, never before this returns, with AMBIT_OK, AMBIT_CLOSED or AMBIT_CANCELLED. Receivers are
     * served in order. `waiter` (may be NULL) names this wait for cancel_wait.
     * [any-thread] */
    ambit_status (*receive)(ambit_channel channel, void *context, ambit_channel_receive_done done, uint64_t *waiter);

    /* Ends one waiting receive or send early with AMBIT_CANCELLED. AMBIT_NOT_FOUND: it is done already.
     * [any-thread] */
    ambit_status (*cancel_wait)(ambit_channel channel, uint64_t waiter);

    /* No more sends; receivers get what is queued, then AMBIT_CLOSED. The channel leaves its scope once drained.
     * [any-thread] */
    ambit_status (*finish)(ambit_channel channel);

    /* Ends it at once: what is queued is destroyed, waiters get AMBIT_CLOSED.
     * [any-thread] */
    ambit_status (*close)(ambit_channel channel);
} ambit_host_channel;

#ifdef __cplusplus
}
#endif

#endif
