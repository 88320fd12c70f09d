#ifndef AMBIT_CALL_H
#define AMBIT_CALL_H

/*
 * A call: the life of one handler, of a tool, a resource, a prompt or a completion. It owns the request scope; it ends exactly
 * once (A9). Who calls says context.h.
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_CALL "ambit.call/1"

/* What a call asks for, and with it what its arguments and its result are. */
enum {
    AMBIT_CALL_TOOL = 0,
    /* Reading: arguments {"uri":…,"variables":{…}}, the latter where a template has matched; content of the embedded kinds. */
    AMBIT_CALL_RESOURCE = 1,
    /* A prompt: arguments by name, all of them strings; content with its `role`, one message each. */
    AMBIT_CALL_PROMPT = 2,
    /* Completing an argument or a variable: {"ref":…,"argument":{"name":…,"value":…},"context":…} as in MCP; the result's structured
     * content is {"values":[…],"total":…,"hasMore":…}, of which only values must be there. */
    AMBIT_CALL_COMPLETION = 3,
};

/* The caller sets struct_size. Texts live until the call is finished. */
typedef struct ambit_call_info {
    uint32_t struct_size;
    int32_t wants_progress; /* 0: progress has no reader */
    ambit_scope scope;      /* the request scope */
    ambit_text name;        /* of the tool or prompt; the URI or template that was registered */
    ambit_text arguments;   /* raw JSON object, "{}" where the client gave none */
    int32_t log_level;      /* lowest level that the client wants; AMBIT_LOG_EMERGENCY + 1: none */
    int32_t kind;           /* AMBIT_CALL_… */
} ambit_call_info;

enum {
    AMBIT_CONTENT_TEXT = 0,
    AMBIT_CONTENT_IMAGE = 1, /* data, mime_type */
    AMBIT_CONTENT_AUDIO = 2, /* data, mime_type */
    AMBIT_CONTENT_LINK = 3,  /* uri, text is its name, mime_type */
    AMBIT_CONTENT_EMBEDDED_TEXT = 4, /* uri, text, mime_type */
    AMBIT_CONTENT_EMBEDDED_DATA = 5, /* uri, data, mime_type */
};

/* Who says a message of a prompt. */
enum {
    AMBIT_ROLE_USER = 0,
    AMBIT_ROLE_ASSISTANT = 1,
};

typedef struct ambit_content {
    uint32_t struct_size;
    int32_t kind;
    ambit_text text;
    ambit_bytes data; /* encoded by the host */
    ambit_text mime_type;
    ambit_text uri;
    ambit_text annotations; /* JSON object, may be empty */
    ambit_text meta;        /* JSON object, may be empty */
    int32_t role;           /* AMBIT_ROLE_…, of a prompt's message; else ignored */
    int32_t reserved;
} ambit_content;

/* Borrowed for the duration of `finish`. `content` is an array of pointers so that ambit_content can grow. */
typedef struct ambit_result {
    uint32_t struct_size;
    int32_t is_error;
    const ambit_content *const *content;
    uint64_t content_count;
    ambit_text structured; /* JSON value of at most 4 MiB and 128 levels, may be empty; larger ones: result.h */
    ambit_text meta;       /* JSON object, may be empty */
    ambit_text description; /* of what a prompt has become; may be empty */
} ambit_result;

/* The resource that a call is to read does not exist. */
#define AMBIT_CODE_NO_RESOURCE (-32002)

typedef struct ambit_host_call {
    uint32_t struct_size;
    uint32_t reserved;

    /* [any-thread & call-open] */
    ambit_status (*info)(ambit_call call, ambit_call_info *out);

    /* Reports progress: must grow with each report, those that do not are dropped. `total` below 0: unknown. Resets the
     * idle limit of the call. Never waits: AMBIT_FULL means that the client reads too slowly and this one was dropped.
     * [any-thread & call-open] */
    ambit_status (*progress)(ambit_call call, double progress, double total, ambit_text message);

    /* Sends a log message to the client of this call, if it wants that level. `data` is raw JSON. Resets the idle limit.
     * Never waits: AMBIT_FULL means that nothing was queued: wait with `writable`, then try again.
     * [any-thread & call-open] */
    ambit_status (*log)(ambit_call call, int32_t level, ambit_text logger, ambit_text data);

    /* Calls `ready` once: with AMBIT_OK when the client's queue has room again, AMBIT_CANCELLED when the call ends first.
     * When this fails, `ready` is not called. `ready` must not block.
     * [any-thread & call-open] */
    ambit_status (*writable)(ambit_call call, void *context, void (*ready)(void *context, ambit_status status));

    /* Ends the call with a result. Everything in `result` is copied before this returns.
     * [any-thread & once] */
    ambit_status (*finish)(ambit_call call, const ambit_result *result, ambit_error *error);

    /* Ends the call with a protocol error. `code`: a JSON-RPC code outside the reserved ranges, -32602 or -32603; -32021 after `ask` gave
     * that as its `detail`; for a resource also AMBIT_CODE_NO_RESOURCE, which becomes what the client's version says for it. `data`: raw
     * JSON, may be empty.
     * [any-thread & once] */
    ambit_status (*fail)(ambit_call call, int32_t code, ambit_text message, ambit_text data, ambit_error *error);

    /* Closes the connection that the client reads this call on, so that nothing is held open while the call takes its time. The call
     * goes on: the client comes back after `retry_ms` (0 to 300000) and reads what it has missed. Nothing happens where it is away already.
     * AMBIT_UNSUPPORTED: this client does not come back; it does over HTTP in a session of 2025-11-25.
     * [any-thread & call-open] */
    ambit_status (*disconnect)(ambit_call call, int64_t retry_ms, ambit_error *error);
} ambit_host_call;

#ifdef __cplusplus
}
#endif

#endif
