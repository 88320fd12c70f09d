// The three parts of the launcher: main.c (loop and state), start.c (the program), tree.c (its descendants).
#ifndef AMBIT_LAUNCHER_H
#define AMBIT_LAUNCHER_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../CLinux/include/ambit_launcher_protocol.h"

/// Where and why a start failed; `error` 0 means that it did not.
struct failure {
    uint32_t stage;
    int32_t error;
};

/// The decoded request. Strings point into the mapped file, which stays mapped.
struct program {
    struct ambit_launcher_request head;
    const struct ambit_launcher_rlimit *rlimits;
    const char *path, *cwd;
    char **arguments, **environment;
};

// start.c
struct failure program_read(struct program *program);
/// Forks and begins to exec. `*report` is a nonblocking pipe: it ends empty once the program runs, or yields one
/// `struct failure`. Afterwards the launcher holds neither stdio nor passed descriptors of the program.
struct failure program_start(const struct program *program, pid_t *leader, int *report);

// tree.c
/// Finds out how descendants can be listed; false without a usable /proc.
bool tree_open(bool scan);
/// Sends the signals to every descendant, parents before children.
void tree_signal(const int *signals, size_t count);
/// SIGKILL to every descendant that hasn't had it, and to the process groups that own children lead. To be repeated
/// after every SIGCHLD until no child is left.
void tree_kill(void);
/// Must be told of every child that was reaped: its number may now be another's.
void tree_reaped(pid_t pid);
/// Own children, zombies included; their number, at most `capacity`.
size_t tree_children(pid_t *out, size_t capacity);

#endif
