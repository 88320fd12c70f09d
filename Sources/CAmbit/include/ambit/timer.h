#ifndef AMBIT_TIMER_H
#define AMBIT_TIMER_H

/* Timers: once or periodic, owned by a scope. Periodic ones never pile up: a tick that comes while the last one runs is
 * skipped and counted. */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_TIMER "ambit.timer/1"

typedef struct ambit_timer_options {
    uint32_t struct_size;
    uint32_t reserved;
    ambit_text label;  /* copied */
    int64_t delay_ns;  /* until the first tick, at least 0 */
    int64_t period_ns; /* 0: once */
    void *context;

    /* `missed`: ticks skipped since the last one. Must not block.
     * [plugin-thread] */
    void (*fire)(void *context, uint64_t missed);

    /* The context may be freed now: the timer has fired its last or was cancelled. May be NULL.
     * [any-thread & exactly once] */
    void (*destroyed)(void *context);
} ambit_timer_options;

typedef struct ambit_host_timer {
    uint32_t struct_size;
    uint32_t reserved;

    /* CLOCK_MONOTONIC in nanoseconds (of the host's clock, which tests can turn by hand).
     * [any-thread] */
    int64_t (*now)(ambit_host_handle host);

    /* When this fails, nothing of `options` is called.
     * [any-thread & scope-open] */
    ambit_status (*start)(ambit_scope scope, const ambit_timer_options *options, ambit_timer *out, ambit_error *error);

    /* No tick begins after this returns; `destroyed` follows.
     * [any-thread] */
    ambit_status (*cancel)(ambit_timer timer);
} ambit_host_timer;

#ifdef __cplusplus
}
#endif

#endif
