#ifndef AMBIT_ASK_H
#define AMBIT_ASK_H

/*
 * Asking the client while a call runs: elicitation, sampling, roots (A12). Where the client answers in a later request, the
 * host suspends the call and resumes it; the plugin sees one question and one answer either way.
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_ASK "ambit.ask/1"

enum {
    AMBIT_ASK_ELICITATION = 0,
    AMBIT_ASK_SAMPLING = 1,
    AMBIT_ASK_ROOTS = 2,
};

/* One question. Copied before `ask` returns. */
typedef struct ambit_ask_item {
    uint32_t struct_size;
    int32_t kind;
    ambit_text key;    /* [A-Za-z0-9_.-]{1,64}; the same question has the same key when the handler is run again */
    ambit_text params; /* JSON object: the params of that request in MCP */
} ambit_ask_item;

/* One answer; borrowed for the callback. */
typedef struct ambit_answer {
    uint32_t struct_size;
    ambit_status status; /* AMBIT_OK, AMBIT_UNSUPPORTED, AMBIT_TIMED_OUT, AMBIT_CANCELLED, AMBIT_FAILED */
    ambit_text key;
    ambit_text result;   /* JSON: the result of that request in MCP; empty unless AMBIT_OK */
    ambit_text message;  /* for people, where it failed */
} ambit_answer;

typedef struct ambit_host_ask {
    uint32_t struct_size;
    uint32_t reserved;

    /* Asks one or several questions at once. `done` is called exactly once, never before this returns, with an answer for each item
     * in the order asked; each AMBIT_OK answer has the shape that was asked for. At most 16 questions of a call wait at once.
     * AMBIT_UNSUPPORTED: the client, or the host as it serves this call, takes no such question; where the client lacks a capability,
     * `detail` is -32021, and the call may be ended with that code by `fail`. AMBIT_OVER_QUOTA: too many calls wait for this client.
     * AMBIT_INVALID_ARGUMENT: the params are not what MCP wants them to be. On any failure `done` is not called.
     * [any-thread & call-open] */
    ambit_status (*ask)(ambit_call call, const ambit_ask_item *const *items, uint64_t count, void *context,
                        void (*done)(void *context, const ambit_answer *const *answers, uint64_t count),
                        ambit_error *error);
} ambit_host_ask;

#ifdef __cplusplus
}
#endif

#endif
