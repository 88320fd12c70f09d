#ifndef AMBIT_BASE_H
#define AMBIT_BASE_H

/*
 * What every other header stands on: handles, texts, statuses, errors, reasons.
 *
 * Conventions (A2, A4, A5, A6):
 * - Every struct that crosses starts with struct_size, set by whoever fills it in, and grows only at its end.
 * - Enums are int32_t; a reader tolerates values that it does not know. 64-bit platforms only.
 * - No host object crosses as a pointer: a handle is a tagged 64-bit value (8 bits kind, 24 slot, 32 generation).
 *   A stale or foreign handle is answered with AMBIT_STALE_HANDLE, never with memory. 0 is no handle.
 * - Times are int64_t nanoseconds: CLOCK_MONOTONIC for deadlines and delays, Unix epoch for stamps.
 * - Each function's comment ends with a bracket: on which thread, in which state.
 *   any-thread      from any thread, also from inside a callback
 *   plugin-thread   the host calls this on a thread of the plugin's own executor
 *   blocking-thread the host calls this on one of the plugin's blocking threads
 *   loop-thread     the host calls this where it received the request: it must never block
 *   own-thread      from a thread that the plugin made itself
 */

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_ABI_MAJOR 0u
#define AMBIT_ABI_MINOR 3u

typedef uint64_t ambit_handle;

typedef ambit_handle ambit_host_handle;
typedef ambit_handle ambit_scope;
typedef ambit_handle ambit_call;
typedef ambit_handle ambit_task;
typedef ambit_handle ambit_channel;
typedef ambit_handle ambit_subscription;
typedef ambit_handle ambit_timer;
typedef ambit_handle ambit_process;
typedef ambit_handle ambit_finalizer;
typedef ambit_handle ambit_reply;
typedef ambit_handle ambit_descriptor;
typedef ambit_handle ambit_listener;
typedef ambit_handle ambit_directory;
typedef ambit_handle ambit_arena;
typedef ambit_handle ambit_lease;
typedef ambit_handle ambit_kind;
typedef ambit_handle ambit_resource;
typedef ambit_handle ambit_registration;

/* Valid UTF-8, checked by the host where it receives it. Borrowed: lives as long as the function it is passed to,
 * unless the field says otherwise. Not zero-terminated. */
typedef struct ambit_text {
    const char *data;
    uint64_t size;
} ambit_text;

/* Any bytes: paths, arguments, environment, output of programs. Borrowed like ambit_text. */
typedef struct ambit_bytes {
    const uint8_t *data;
    uint64_t size;
} ambit_bytes;

typedef int32_t ambit_status;
enum {
    AMBIT_OK = 0,
    AMBIT_CLOSED = 1,            /* the scope is closing or closed (S5); what was passed in stays the caller's */
    AMBIT_STALE_HANDLE = 2,      /* the handle is of another kind, or what it named is gone (S18) */
    AMBIT_INVALID_ARGUMENT = 3,  /* the error's text names the argument */
    AMBIT_OVER_QUOTA = 4,        /* the error's quota names which (S14) */
    AMBIT_FULL = 5,              /* a bounded queue has no room, and its overflow is to fail */
    AMBIT_EMPTY = 6,             /* nothing to receive now */
    AMBIT_CANCELLED = 7,         /* the waiter's scope was cancelled */
    AMBIT_TIMED_OUT = 8,
    AMBIT_ALREADY_FINISHED = 9,  /* A9: counted, nothing is sent */
    AMBIT_NOT_FOUND = 10,
    AMBIT_DENIED = 11,           /* the permission is missing from the descriptor */
    AMBIT_UNSUPPORTED = 12,
    AMBIT_WOULD_DEADLOCK = 13,   /* S16 */
    AMBIT_FAILED = 14,           /* the operating system or the other side; see the error's text and detail */
};

/* Owned by the caller, who sets struct_size and passes it by pointer (or NULL). Filled in on any status but AMBIT_OK. */
typedef struct ambit_error {
    uint32_t struct_size;
    int32_t code;       /* the ambit_status */
    int64_t detail;     /* errno, exit code or the like; 0 if there is none */
    char quota[32];     /* zero-terminated; empty unless AMBIT_OVER_QUOTA */
    char text[464];     /* zero-terminated UTF-8: what, where, how to mend it */
} ambit_error;

/* Why something ends (S3). Unknown kinds count as AMBIT_REASON_CANCELLED. */
enum {
    AMBIT_REASON_COMPLETED = 0,
    AMBIT_REASON_FAILED = 1,
    AMBIT_REASON_CANCELLED = 2,
    AMBIT_REASON_DEADLINE = 3,
    AMBIT_REASON_IDLE = 4,
    AMBIT_REASON_DISCONNECTED = 5,
    AMBIT_REASON_OWNER_CLOSED = 6,
    AMBIT_REASON_OWNER_DIED = 7,
    AMBIT_REASON_UNLOADED = 8,
    AMBIT_REASON_SHUTDOWN = 9,
};

typedef struct ambit_reason {
    uint32_t struct_size;
    int32_t kind;
    int32_t signal;  /* the signal that caused it; 0 if none */
    int32_t reserved;
    ambit_text by;   /* who: a scope path or a component */
    ambit_text text; /* for people; may be empty */
} ambit_reason;

/* MCP's eight log levels, in its order. */
enum {
    AMBIT_LOG_DEBUG = 0,
    AMBIT_LOG_INFO = 1,
    AMBIT_LOG_NOTICE = 2,
    AMBIT_LOG_WARNING = 3,
    AMBIT_LOG_ERROR = 4,
    AMBIT_LOG_CRITICAL = 5,
    AMBIT_LOG_ALERT = 6,
    AMBIT_LOG_EMERGENCY = 7,
};

/* What a full bounded queue does. */
enum {
    AMBIT_OVERFLOW_WAIT = 0,        /* the sender waits; senders that may not wait get AMBIT_FULL */
    AMBIT_OVERFLOW_DROP_OLDEST = 1, /* the gap is counted and told to the receiver */
    AMBIT_OVERFLOW_COALESCE = 2,    /* an item replaces the queued one of the same key; a full queue drops the oldest */
    AMBIT_OVERFLOW_FAIL = 3,        /* AMBIT_FULL */
};

#ifdef __cplusplus
}
#endif

#endif
