#ifndef AMBIT_PROCESS_H
#define AMBIT_PROCESS_H

/*
 * Child processes: a program with everything that it starts, owned by a scope. Needs AMBIT_PERMISSION_PROCESS.
 * When the scope closes, the whole tree gets SIGTERM, then SIGKILL; nothing of it survives (S6, S7).
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_PROCESS "ambit.process/1"

enum {
    AMBIT_PROCESS_STDIN = 1u << 0,        /* keep a pipe to the program's input; else it reads /dev/null */
    AMBIT_PROCESS_CLEAR_ENVIRONMENT = 1u << 1, /* only what `environment` gives; else it is added to the host's */
    AMBIT_PROCESS_TERMINAL = 1u << 2,     /* input and output are a terminal of its own; all output is AMBIT_STREAM_OUTPUT */
    AMBIT_PROCESS_EXTRA_OUTPUT = 1u << 3, /* descriptor 3 of the program is a pipe, too: what it says there is AMBIT_STREAM_EXTRA, and
                                              its end an empty chunk of that, before the end of all */
};

typedef struct ambit_process_options {
    uint32_t struct_size;
    uint32_t flags;
    ambit_text label;              /* copied */
    const ambit_bytes *arguments;  /* argv, at least the program; looked up in PATH when it has no slash */
    uint64_t arguments_count;
    const ambit_bytes *environment; /* "NAME=value" */
    uint64_t environment_count;
    ambit_bytes directory;          /* working directory; empty: the host's */
    int64_t grace_ns;               /* between SIGTERM and SIGKILL; 0: 2 seconds */
    uint64_t output_capacity;       /* bytes of output kept until they are read; then the pipe exerts back-pressure; 0: 256 KiB */
    uint16_t rows;                  /* of the terminal; 0: 24 */
    uint16_t columns;               /* 0: 80 */
    uint32_t reserved;
} ambit_process_options;

enum {
    AMBIT_PROCESS_STARTING = 0,
    AMBIT_PROCESS_RUNNING = 1,
    AMBIT_PROCESS_EXITED = 2,   /* the program has ended; exit_code or signal says how */
    AMBIT_PROCESS_FAILED = 3,   /* it could not be started; see error_number */
};

/* The caller sets struct_size. */
typedef struct ambit_process_info {
    uint32_t struct_size;
    int32_t state;
    int32_t pid;           /* 0 while starting */
    int32_t exit_code;     /* valid in EXITED when signal is 0 */
    int32_t signal;        /* what killed it; 0: none */
    int32_t error_number;  /* valid in FAILED */
    int32_t stopped;       /* 1: it ended because we asked it to */
    int32_t reserved;
    int64_t started_ns;    /* Unix epoch */
    int64_t ended_ns;
    uint64_t output_bytes; /* read from it so far */
} ambit_process_info;

enum {
    AMBIT_STREAM_OUTPUT = 1,
    AMBIT_STREAM_ERROR = 2,
    AMBIT_STREAM_EXTRA = 3,
};

typedef struct ambit_host_process {
    uint32_t struct_size;
    uint32_t reserved;

    /* Starts a program. Returns at once; `started` of wait tells whether exec worked.
     * [any-thread & scope-open] */
    ambit_status (*start)(ambit_scope scope, const ambit_process_options *options, ambit_process *out,
                          ambit_error *error);

    /* Reads a chunk of output, each stream in the order in which it came: `done` is called exactly once, never before this returns, with a chunk
     * (borrowed for the callback), or with AMBIT_CLOSED after the last. One reader at a time: AMBIT_INVALID_ARGUMENT.
     * [any-thread] */
    ambit_status (*read)(ambit_process process, void *context,
                         void (*done)(void *context, ambit_status status, int32_t stream, ambit_bytes chunk));

    /* Calls `done` once when the program runs or has failed to start; never before this returns.
     * [any-thread] */
    ambit_status (*wait_started)(ambit_process process, void *context,
                                 void (*done)(void *context, const ambit_process_info *info));

    /* Calls `done` once, after the program has exited and its output has been read to the end (S: one exit event).
     * Never before this returns. The handle stays valid until the scope closes or `forget`.
     * [any-thread] */
    ambit_status (*wait)(ambit_process process, void *context,
                         void (*done)(void *context, const ambit_process_info *info));

    /* [any-thread] */
    ambit_status (*info)(ambit_process process, ambit_process_info *out);

    /* Writes to the program's input; `done` when all of it is written or can't be. Copied. One writer at a time.
     * [any-thread] */
    ambit_status (*write)(ambit_process process, ambit_bytes data, void *context,
                          void (*done)(void *context, ambit_status status));

    /* [any-thread] */
    ambit_status (*close_input)(ambit_process process);

    /* Sends a signal to every process of the tree.
     * [any-thread] */
    ambit_status (*signal)(ambit_process process, int32_t signal);

    /* SIGTERM to the whole tree, SIGKILL after `grace_ns` (0: its own grace) to what is left. `wait` tells the end.
     * [any-thread] */
    ambit_status (*stop)(ambit_process process, int64_t grace_ns);

    /* Changes the size of the terminal; the program is told. AMBIT_INVALID_ARGUMENT where it has none.
     * [any-thread] */
    ambit_status (*resize)(ambit_process process, uint16_t rows, uint16_t columns);

    /* Gives the handle of an ended process back before its scope closes. AMBIT_INVALID_ARGUMENT while it runs.
     * [any-thread] */
    ambit_status (*forget)(ambit_process process);
} ambit_host_process;

#ifdef __cplusplus
}
#endif

#endif
