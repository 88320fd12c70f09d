#ifndef AMBIT_SESSION_H
#define AMBIT_SESSION_H

/*
 * Sessions: the lifetime above a call. In the eras that have protocol sessions, and over stdio, it is that session;
 * elsewhere a plugin mints a handle that the client passes back as an ordinary argument.
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_SESSION "ambit.session/1"

enum {
    AMBIT_SESSION_PROTOCOL = 0, /* legacy session or stdio connection */
    AMBIT_SESSION_HANDLE = 1,   /* minted; the client passes it back */
};

/* The caller sets struct_size. */
typedef struct ambit_session_info {
    uint32_t struct_size;
    int32_t kind;
    ambit_scope scope;  /* session x plugin (S12): ends with the session or with the plugin */
    uint64_t key;       /* same for every call of this session, never reused */
    int64_t idle_ns;    /* ends after this long without activity; 0: never */
    char handle[48];    /* zero-terminated; empty unless AMBIT_SESSION_HANDLE */
} ambit_session_info;

typedef struct ambit_host_session {
    uint32_t struct_size;
    uint32_t reserved;

    /* Finds the session of a call. `handle` empty: the protocol session, if the call has one. A given handle wins.
     * AMBIT_NOT_FOUND: the handle is unknown, expired or somebody else's, or there is no protocol session.
     * [any-thread & call-open] */
    ambit_status (*find)(ambit_call call, ambit_text handle, ambit_session_info *out, ambit_error *error);

    /* Like find, and mints a handle where there is neither a handle nor a protocol session. `idle_ns` 0: 4 hours.
     * [any-thread & call-open] */
    ambit_status (*find_or_mint)(ambit_call call, ambit_text handle, int64_t idle_ns, ambit_session_info *out,
                                 ambit_error *error);

    /* Ends a minted session.
     * [any-thread & call-open] */
    ambit_status (*release)(ambit_call call, ambit_text handle, ambit_error *error);
} ambit_host_session;

#ifdef __cplusplus
}
#endif

#endif
