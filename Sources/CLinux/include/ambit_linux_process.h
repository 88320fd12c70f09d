// Processes: pidfds, starting the launcher, and figures from /proc.
#ifndef AMBIT_LINUX_PROCESS_H
#define AMBIT_LINUX_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define AMBIT_LINUX_EXITED 1    // code is the exit status
#define AMBIT_LINUX_SIGNALED 2  // code is the signal
#define AMBIT_LINUX_DUMPED 3    // code is the signal; a core was written

/// How a process ended.
struct ambit_linux_exit {
    int32_t kind;
    int32_t code;
};

/// A pidfd for a child of this process that nobody else reaps. It is readable once the process has ended.
/// Descriptor or -errno. [any-thread]
int ambit_linux_pidfd_open(pid_t pid);
/// Signals exactly the process that the pidfd was opened for. 0 or -errno (ESRCH once it was reaped). [any-thread]
int ambit_linux_pidfd_signal(int pidfd, int signal);
/// Reaps a child through its pidfd; waits only when `block` is not 0. 1: reaped and `out` filled; 0: still running;
/// -errno (ECHILD: not our child, or reaped before). [one thread per pidfd]
int ambit_linux_pidfd_wait(int pidfd, int block, struct ambit_linux_exit *out);

/// One descriptor for a new process: `parent` here becomes `child` there.
struct ambit_linux_fd_pair {
    int child;
    int parent;
};

/// Starts `path` (no PATH search) with an empty environment, an empty signal mask, default dispositions, and no
/// descriptor but the mapped ones; of 0, 1, 2 those not mapped are /dev/null. At most 64 pairs, in any order, also
/// crossing. The pidfd comes from clone itself, so there is no moment in which the pid could be someone else's.
/// The calling thread is suspended until exec (measured: 0.2 ms). 0, or -errno of exec or of whatever
/// came before it, and then no process is left and `*pid`, `*pidfd` are untouched. The caller owns `*pidfd` and must
/// reap through it. [any-thread]
int ambit_linux_spawn(
    const char *path, char *const argv[], const struct ambit_linux_fd_pair *map, size_t count, pid_t *pid, int *pidfd);

/// Figures of one process. Fails with -ESRCH when it is gone. `cpu_*` in nanoseconds (resolution of a clock tick).
struct ambit_linux_usage {
    int64_t cpu_user_ns, cpu_system_ns;
    int64_t resident_bytes, virtual_bytes;
    int32_t threads;
    int32_t parent;
    int32_t zombie;
};
/// Reads /proc/<pid>/stat; `pid` 0 means this process. 0 or -errno. [any-thread]
int ambit_linux_process_usage(pid_t pid, struct ambit_linux_usage *out);

/// Counted from /proc/self for ledger and health; cost some 10 µs per hundred. Number or -errno. [any-thread]
int ambit_linux_self_descriptors(void);  // without the one that this function opens
int ambit_linux_self_threads(void);
int ambit_linux_self_children(void);  // direct ones, zombies included; -ENOSYS where the kernel doesn't tell

#endif
