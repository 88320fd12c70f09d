#define _GNU_SOURCE
#include "ambit_linux_process.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum { most_pairs = 64, stack_size = 64 * 1024 };

struct plan {
    const char *path;
    char *const *arguments;
    const struct ambit_linux_fd_pair *map;
    size_t count;
    int error;
};

static void mark_all_close_on_exec(void) {
    if (syscall(SYS_close_range, 0u, ~0u, 4u) == 0) return;
    // Kernels before 5.11: one by one.
    struct rlimit limit;
    int last = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 1 << 20 ? (int)limit.rlim_cur : 1 << 20;
    for (int fd = 0; fd < last; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags >= 0) fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    }
}

/// Runs in the parent's memory on a stack of its own while the parent's thread is suspended, with a copy of its
/// descriptors and dispositions. System calls only; nothing here may allocate or take a lock.
__attribute__((no_sanitize("thread", "address", "undefined"))) static int child(void *argument) {
    struct plan *plan = argument;
    // Handlers of the host must not run in here: all signals are blocked, and stay so until none has a handler.
    // By system call, as the C library keeps 32 and 33 to itself; all zero is SIG_DFL, no flags, empty mask.
    static const uint64_t standard[8];
    for (int number = 1; number < 65; number++) syscall(SYS_rt_sigaction, number, standard, NULL, 8);

    int above = 3;
    for (size_t i = 0; i < plan->count; i++)
        if (plan->map[i].child >= above) above = plan->map[i].child + 1;
    // First out of each other's way, so that crossing pairs (3 -> 4, 4 -> 3) work, then into place.
    int parked[most_pairs];
    int null = -1;
    for (size_t i = 0; i < plan->count; i++)
        if ((parked[i] = fcntl(plan->map[i].parent, F_DUPFD_CLOEXEC, above)) < 0) goto failed;
    if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0) goto failed;
    if (null < above) {
        int higher = fcntl(null, F_DUPFD_CLOEXEC, above);
        if (higher < 0) goto failed;
        null = higher;
    }
    mark_all_close_on_exec();
    for (int fd = 0; fd < 3; fd++)
        if (dup2(null, fd) < 0) goto failed;
    for (size_t i = 0; i < plan->count; i++)
        if (dup2(parked[i], plan->map[i].child) < 0) goto failed;

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    char *const environment[] = {NULL};
    execve(plan->path, plan->arguments, environment);
failed:
    plan->error = errno;
    _exit(127);
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WITH_POSIX_SPAWN 1
#endif
#endif

#ifdef WITH_POSIX_SPAWN
// ThreadSanitizer takes clone for a fork of a process with threads, and ends it; the C library's own spawn it lets be.
#include <spawn.h>

int ambit_linux_spawn(
    const char *path, char *const argv[], const struct ambit_linux_fd_pair *map, size_t count, pid_t *pid, int *pidfd) {
    if (count > most_pairs) return -EINVAL;
    int above = 3, parked[most_pairs], error = 0;
    size_t done = 0;
    for (size_t i = 0; i < count; i++)
        if (map[i].child >= above) above = map[i].child + 1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int fd = 0; fd < 3; fd++) posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    for (; done < count; done++) {
        if ((parked[done] = fcntl(map[done].parent, F_DUPFD_CLOEXEC, above)) < 0) {
            error = errno;
            break;
        }
        posix_spawn_file_actions_adddup2(&actions, parked[done], map[done].child);
    }
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t set;
    sigfillset(&set);
    posix_spawnattr_setsigdefault(&attributes, &set);
    sigemptyset(&set);
    posix_spawnattr_setsigmask(&attributes, &set);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    char *const environment[] = {NULL};
    pid_t process = 0;
    if (error == 0) error = posix_spawn(&process, path, &actions, &attributes, argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    while (done > 0) close(parked[--done]);
    if (error != 0) return -error;
    // Nobody else reaps it, so its pid is its own until then.
    int descriptor = ambit_linux_pidfd_open(process);
    if (descriptor < 0) return descriptor;
    *pid = process;
    *pidfd = descriptor;
    return 0;
}
#else
int ambit_linux_spawn(
    const char *path, char *const argv[], const struct ambit_linux_fd_pair *map, size_t count, pid_t *pid, int *pidfd) {
    if (count > most_pairs) return -EINVAL;
    for (size_t i = 0; i < count; i++)
        if (map[i].child < 0 || map[i].parent < 0) return -EBADF;
    char *stack = mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) return -errno;

    struct plan plan = {path, argv, map, count, 0};
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int descriptor = -1;
    int process = clone(
        child, stack + stack_size, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &plan, &descriptor, NULL, NULL);
    int error = process < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    munmap(stack, stack_size);
    if (process < 0) return -error;
    if (plan.error != 0) {
        siginfo_t info;
        while (waitid((idtype_t)3 /* P_PIDFD */, (id_t)descriptor, &info, WEXITED) < 0 && errno == EINTR) {}
        close(descriptor);
        return -plan.error;
    }
    *pid = process;
    *pidfd = descriptor;
    return 0;
}
#endif
