#define _GNU_SOURCE
#include "ambit_linux_process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
enum { id_type_pidfd = 3 };  // P_PIDFD, which older C libraries don't name

int ambit_linux_pidfd_open(pid_t pid) {
    long fd = syscall(SYS_pidfd_open, pid, 0);
    return fd < 0 ? -errno : (int)fd;
}

int ambit_linux_pidfd_signal(int pidfd, int signal) {
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

int ambit_linux_pidfd_wait(int pidfd, int block, struct ambit_linux_exit *out) {
    siginfo_t info;
    info.si_pid = 0;
    while (waitid((idtype_t)id_type_pidfd, (id_t)pidfd, &info, WEXITED | (block ? 0 : WNOHANG)) < 0)
        if (errno != EINTR) return errno == EAGAIN ? 0 : -errno;
    if (info.si_pid == 0) return 0;
    out->kind = info.si_code == CLD_EXITED   ? AMBIT_LINUX_EXITED
                : info.si_code == CLD_DUMPED ? AMBIT_LINUX_DUMPED
                                             : AMBIT_LINUX_SIGNALED;
    out->code = info.si_status;
    return 1;
}

/// Reads a whole small file of /proc; 0-terminated. Size or -errno.
static ssize_t slurp(const char *path, char *buffer, size_t capacity) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    ssize_t count = read(fd, buffer, capacity - 1);
    int error = errno;
    close(fd);
    if (count < 0) return -error;
    buffer[count] = 0;
    return count;
}

int ambit_linux_process_usage(pid_t pid, struct ambit_linux_usage *out) {
    char path[48], text[1024];
    if (pid == 0)
        strcpy(path, "/proc/self/stat");
    else
        snprintf(path, sizeof path, "/proc/%d/stat", pid);
    ssize_t size = slurp(path, text, sizeof text);
    if (size < 0) return size == -ENOENT ? -ESRCH : (int)size;
    // The name in field 2 may hold anything, also ") R 1": the fields begin after the last parenthesis.
    char *at = strrchr(text, ')');
    char state;
    int parent;
    unsigned long long user, system, virtual_size;
    long threads, pages;
    if (!at
        || sscanf(
               at + 1, " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %ld %*d %*u %llu %ld",
               &state, &parent, &user, &system, &threads, &virtual_size, &pages)
               != 7)
        return -EPROTO;
    int64_t tick = 1000000000 / sysconf(_SC_CLK_TCK);
    *out = (struct ambit_linux_usage){
        .cpu_user_ns = (int64_t)user * tick,
        .cpu_system_ns = (int64_t)system * tick,
        .resident_bytes = (int64_t)pages * sysconf(_SC_PAGESIZE),
        .virtual_bytes = (int64_t)virtual_size,
        .threads = (int32_t)threads,
        .parent = parent,
        .zombie = state == 'Z' || state == 'X',
    };
    return 0;
}

struct entry {  // linux_dirent64, which no header declares
    uint64_t inode;
    int64_t offset;
    unsigned short size;
    unsigned char type;
    char name[];
};

/// Calls `visit` for each numeric name of a folder; its returned numbers are summed. Sum or -errno.
static int sum_numbered(const char *path, int (*visit)(long number, void *context), void *context) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -errno;
    _Alignas(8) char buffer[4096];
    int sum = 0;
    for (;;) {
        long size = syscall(SYS_getdents64, fd, buffer, sizeof buffer);
        if (size <= 0) {
            if (size < 0) sum = -errno;
            break;
        }
        for (long at = 0; at < size; at += ((struct entry *)(buffer + at))->size) {
            const char *name = ((struct entry *)(buffer + at))->name;
            if (name[0] >= '0' && name[0] <= '9') sum += visit(strtol(name, NULL, 10), context);
        }
    }
    close(fd);
    return sum;
}

static int one(long number, void *context) {
    (void)number, (void)context;
    return 1;
}

int ambit_linux_self_descriptors(void) {
    int count = sum_numbered("/proc/self/fd", one, NULL);
    return count > 0 ? count - 1 : count;
}

int ambit_linux_self_threads(void) { return sum_numbered("/proc/self/task", one, NULL); }

static int count_children(long thread, void *context) {
    char path[64], buffer[4096];
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", thread);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        // A thread that has just ended has no file either; only "no such file anywhere" means an old kernel.
        if (thread == getpid()) *(int *)context = -ENOSYS;
        return 0;
    }
    int count = 0;
    ssize_t size;
    while ((size = read(fd, buffer, sizeof buffer)) > 0)
        for (ssize_t i = 0; i < size; i++) count += buffer[i] == ' ';
    close(fd);
    return count;
}

int ambit_linux_self_children(void) {
    int error = 0;
    int count = sum_numbered("/proc/self/task", count_children, &error);
    return error < 0 ? error : count;
}
