#ifndef AMBIT_TASK_H
#define AMBIT_TASK_H

/*
 * Tasks: work that a scope cancels and awaits. Either the host runs it on one of the plugin's blocking threads
 * (`spawn`), or the plugin runs it itself on the executor that the host keeps for it (`post`), and the scope only
 * owns it (`adopt`).
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_TASK "ambit.task/1"

/* What a normal end of the scope does to a task that still runs (S10). */
enum {
    AMBIT_AT_END_CANCEL = 0,
    AMBIT_AT_END_FINISH = 1, /* awaited until the soft deadline, then cancelled */
};

typedef struct ambit_task_options {
    uint32_t struct_size;
    int32_t at_end;
    ambit_text label; /* copied */
    void *context;

    /* Does the work. For `adopt`: NULL.
     * [blocking-thread & once] */
    void (*run)(void *context, ambit_task self);

    /* Asks the work to end; may come before, during or right after `run`. Must not block. May be NULL.
     * [any-thread & at most once] */
    void (*cancel)(void *context, const ambit_reason *reason);

    /* The context may be freed now. For `adopt` it comes after `finished`. May be NULL.
     * [any-thread & exactly once] */
    void (*destroyed)(void *context);
} ambit_task_options;

typedef struct ambit_host_task {
    uint32_t struct_size;
    uint32_t reserved;

    /* Runs `job` once, soon, on a thread of the plugin's executor. Not owned by a scope: only for continuing work that a
     * task owns. AMBIT_CLOSED once the executor has ended.
     * [any-thread] */
    ambit_status (*post)(ambit_host_handle host, void *context, void (*job)(void *context));

    /* Runs `options->run` on a blocking thread. AMBIT_FULL when the queue of the plugin is full (S22). When this fails,
     * nothing of `options` is called.
     * [any-thread & scope-open] */
    ambit_status (*spawn)(ambit_scope scope, const ambit_task_options *options, ambit_task *out, ambit_error *error);

    /* Makes the scope own work that the plugin runs itself, until `finished`. When this fails, nothing of `options` is
     * called.
     * [any-thread & scope-open] */
    ambit_status (*adopt)(ambit_scope scope, const ambit_task_options *options, ambit_task *out, ambit_error *error);

    /* The adopted work has ended. Its `cancel` is not called after this returns, unless it runs already.
     * [any-thread & once] */
    ambit_status (*finished)(ambit_task task);

    /* Cancels one task; it stays owned until it ends.
     * [any-thread] */
    ambit_status (*cancel)(ambit_task task);
} ambit_host_task;

#ifdef __cplusplus
}
#endif

#endif
