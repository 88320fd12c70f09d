#ifndef AMBIT_CONTEXT_H
#define AMBIT_CONTEXT_H

/*
 * Who calls, from where, and until when: what a handler may know beyond its arguments.
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_CONTEXT "ambit.context/1"

enum {
    AMBIT_ERA_LEGACY = 0, /* up to 2025-11-25 */
    AMBIT_ERA_MODERN = 1, /* from 2026-07-28 */
};

/* Who set the deadline. */
enum {
    AMBIT_DEADLINE_NONE = 0,
    AMBIT_DEADLINE_HOST = 1, /* the host's default */
    AMBIT_DEADLINE_TOOL = 2, /* total_limit_ns of the tool */
};

/* The caller sets struct_size. Texts live until the call is finished. */
typedef struct ambit_context_info {
    uint32_t struct_size;
    int32_t era;
    ambit_text protocol_version;    /* "2025-11-25" */
    ambit_text principal;           /* stable id of who asks; empty: nobody in particular. Not a token */
    ambit_text client_name;         /* may be empty; never base a decision on it */
    ambit_text client_version;
    ambit_text client_capabilities; /* JSON object; "{}" where the client named none */
    ambit_text trace_parent;        /* W3C traceparent, may be empty */
    ambit_text trace_state;
    int64_t deadline_ns;            /* CLOCK_MONOTONIC; INT64_MAX: none */
    int32_t deadline_source;
    int32_t reserved;
    uint64_t session;               /* key of the protocol session, 0: none; see session.h and bus.h */
    ambit_text progress_token;      /* JSON, what the client calls the progress of this call; empty: it wants none */
} ambit_context_info;

typedef struct ambit_host_context {
    uint32_t struct_size;
    uint32_t reserved;

    /* [any-thread & call-open] */
    ambit_status (*get)(ambit_call call, ambit_context_info *out);
} ambit_host_context;

#ifdef __cplusplus
}
#endif

#endif
