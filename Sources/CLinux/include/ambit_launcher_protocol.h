// What host and `ambit-launcher` say to each other, and the host's half of starting one.
// Sources/ambit-launcher/README.md is the specification. Both ends are built from this file and run on one machine:
// integers are native, structs are laid out as written, and `version` guards against two builds that differ.
#ifndef AMBIT_LAUNCHER_PROTOCOL_H
#define AMBIT_LAUNCHER_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define AMBIT_LAUNCHER_MAGIC 0x4c424d41u  // "AMBL"
#define AMBIT_LAUNCHER_VERSION 1u
#define AMBIT_LAUNCHER_MAX_REQUEST (2u << 20)
#define AMBIT_LAUNCHER_MAX_RLIMITS 32u
#define AMBIT_LAUNCHER_MAX_PASSED 32u

// Descriptors of the launcher.
#define AMBIT_LAUNCHER_CONTROL_FD 3  // SOCK_SEQPACKET
#define AMBIT_LAUNCHER_REQUEST_FD 4  // a file (memfd) with the start request
#define AMBIT_LAUNCHER_PASSED_FD 5   // 5, 6, … become 3, 4, … of the program

// Start flags.
#define AMBIT_LAUNCH_SESSION 1u            // setsid; without it the program leads a process group of its own
#define AMBIT_LAUNCH_TERMINAL 2u           // with SESSION: stdin becomes the controlling terminal
#define AMBIT_LAUNCH_NO_NEW_PRIVILEGES 4u  // prctl(PR_SET_NO_NEW_PRIVS)
#define AMBIT_LAUNCH_SEARCH_PATH 8u        // a `path` without a slash is looked up in PATH of the given environment
#define AMBIT_LAUNCH_SCAN_PROC 16u         // find descendants by scanning /proc, as on kernels without children files
#define AMBIT_LAUNCH_FAULT_ORPHANS 0x80000000u  // test builds: the end of the host ends nothing (row host-killed-leaves-no-orphans)

/// One resource limit; RLIM_INFINITY is UINT64_MAX.
struct ambit_launcher_rlimit {
    uint32_t resource;  // RLIMIT_…
    uint32_t reserved;
    uint64_t soft, hard;
};

/// Head of the request file. After it: `rlimit_count` limits; then strings, each ended by a zero byte: path, cwd
/// (empty: the launcher's), `argument_count` arguments, `environment_count` variables. `total_size` is the file's.
struct ambit_launcher_request {
    uint32_t magic, version, total_size, flags;
    int64_t leftover_grace_ns;
    uint32_t rlimit_count, argument_count, environment_count, passed_count;
};

// Commands, host to launcher: one message each.
#define AMBIT_LAUNCHER_SIGNAL_TREE 1u    // `signal` to every process of the tree
#define AMBIT_LAUNCHER_SIGNAL_LEADER 2u  // `signal` to the program only
#define AMBIT_LAUNCHER_TERMINATE 3u      // SIGTERM to all now, SIGKILL to what is left after `grace_ns`
#define AMBIT_LAUNCHER_KILL 4u           // SIGKILL to all now; closing the socket means the same

struct ambit_launcher_command {
    uint32_t kind;
    int32_t signal;
    int64_t grace_ns;
};

// Events, launcher to host: one message each, always of the full size.
#define AMBIT_LAUNCHER_STARTED 1u  // the program runs; `pid`
#define AMBIT_LAUNCHER_FAILED 2u   // nothing runs; `code` is an errno, `detail` a stage, `text` for people
#define AMBIT_LAUNCHER_ENDED 3u    // the program ended; `detail` is AMBIT_LINUX_EXITED … DUMPED, `code` status or signal

// Stages of FAILED.
#define AMBIT_LAUNCHER_STAGE_SETUP 1u     // the launcher itself: subreaper, /proc, fork
#define AMBIT_LAUNCHER_STAGE_REQUEST 2u   // malformed, too large, of another version
#define AMBIT_LAUNCHER_STAGE_SESSION 3u   // setsid, setpgid
#define AMBIT_LAUNCHER_STAGE_TERMINAL 4u  // TIOCSCTTY
#define AMBIT_LAUNCHER_STAGE_CWD 5u
#define AMBIT_LAUNCHER_STAGE_RLIMIT 6u
#define AMBIT_LAUNCHER_STAGE_PRIVILEGES 7u
#define AMBIT_LAUNCHER_STAGE_DESCRIPTORS 8u
#define AMBIT_LAUNCHER_STAGE_EXEC 9u

struct ambit_launcher_event {
    uint32_t kind, detail;
    int32_t code, pid;
    char text[240];  // UTF-8 as far as the paths in it are; ended by a zero byte
};

// Exit status of the launcher. Anything else (a signal) means that it died before its work was done.
#define AMBIT_LAUNCHER_EXIT_EMPTY 0      // no process of the tree is left, or none was ever started
#define AMBIT_LAUNCHER_EXIT_MISUSE 64    // no control socket: not started by a host

/// What the host wants started. All pointers are borrowed for the call; `arguments` and `environment` end with null.
struct ambit_launch {
    const char *launcher;  // path of the ambit-launcher binary
    const char *path;      // program; see AMBIT_LAUNCH_SEARCH_PATH
    const char *cwd;       // null or empty: the host's
    char *const *arguments;
    char *const *environment;  // null: empty
    uint32_t flags;
    int64_t leftover_grace_ns;  // for what the program leaves behind when it ends by itself
    const struct ambit_launcher_rlimit *rlimits;
    size_t rlimit_count;
    int stdio[3];  // the program's 0, 1, 2; -1: /dev/null. Duplicated, not taken: close your copies afterwards
    const int *passed;
    size_t passed_count;  // become 3, 4, … of the program
};

/// A running launcher; all three are the caller's. `control` is nonblocking; closing it kills the tree.
struct ambit_launched {
    int control;
    int pidfd;
    pid_t pid;
};

/// Starts a launcher: writes the request to a memfd (no partial writes, nothing to wait for), makes the socket pair,
/// spawns. 0 means only that the launcher runs; STARTED or FAILED comes through `control`. -E2BIG: arguments and
/// environment exceed AMBIT_LAUNCHER_MAX_REQUEST; -EINVAL: no arguments, too many limits or descriptors; -errno of
/// memfd_create, socketpair or of exec of the launcher; on failure nothing is left open. [any-thread; 0.2 ms]
int ambit_linux_launch(const struct ambit_launch *launch, struct ambit_launched *out);

/// Sends one command; never blocks. 0 or -errno (EPIPE: the launcher is gone; EAGAIN: it hasn't read hundreds of
/// commands: close `control` instead). [any-thread]
int ambit_linux_launcher_send(int control, uint32_t kind, int signal, int64_t grace_ns);

/// Reads one event: 1 when `out` was filled, 0 when there is none now, -EPIPE at the end (the launcher has exited or
/// died: its pidfd tells which), -EPROTO for a message of another size, -errno. [one thread per control]
int ambit_linux_launcher_receive(int control, struct ambit_launcher_event *out);

#endif
