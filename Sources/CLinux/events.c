#define _GNU_SOURCE
#include "ambit_linux_events.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>

_Static_assert(AMBIT_LINUX_READABLE == EPOLLIN && AMBIT_LINUX_WRITABLE == EPOLLOUT, "epoll bits");
_Static_assert(AMBIT_LINUX_FAILED == EPOLLERR && AMBIT_LINUX_HUNG_UP == EPOLLHUP, "epoll bits");
_Static_assert(AMBIT_LINUX_PEER_CLOSED == EPOLLRDHUP, "epoll bits");
_Static_assert(AMBIT_LINUX_ONE_SHOT == (unsigned)EPOLLONESHOT && AMBIT_LINUX_EDGE == (unsigned)EPOLLET, "epoll bits");

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

int ambit_linux_epoll_create(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int control(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return epoll_ctl(epoll, operation, fd, &event) < 0 ? -errno : 0;
}

int ambit_linux_epoll_add(int epoll, int fd, uint32_t events, uint64_t token) {
    return control(epoll, EPOLL_CTL_ADD, fd, events, token);
}

int ambit_linux_epoll_modify(int epoll, int fd, uint32_t events, uint64_t token) {
    return control(epoll, EPOLL_CTL_MOD, fd, events, token);
}

int ambit_linux_epoll_remove(int epoll, int fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

int ambit_linux_epoll_wait(int epoll, struct ambit_linux_event *out, int capacity, int64_t timeout_ns) {
    enum { most = 64 };
    struct epoll_event ready[most];
    if (capacity <= 0) return -EINVAL;
    if (capacity > most) capacity = most;
    int count;
    if (timeout_ns <= 0) {
        count = epoll_wait(epoll, ready, capacity, timeout_ns < 0 ? -1 : 0);
    } else {
        struct timespec timeout = {timeout_ns / 1000000000, timeout_ns % 1000000000};
        count = (int)syscall(SYS_epoll_pwait2, epoll, ready, capacity, &timeout, NULL, 0);
        if (count < 0 && (errno == ENOSYS || errno == EPERM)) {
            // Rounded up, so that a timer that is due in 0.3 ms doesn't turn into a busy loop.
            int64_t milliseconds = (timeout_ns + 999999) / 1000000;
            count = epoll_wait(epoll, ready, capacity, milliseconds > INT32_MAX ? INT32_MAX : (int)milliseconds);
        }
    }
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) out[i] = (struct ambit_linux_event){ready[i].data.u64, ready[i].events};
    return count;
}

int ambit_linux_wakeup_create(void) {
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

int ambit_linux_wakeup_signal(int fd) {
    const uint64_t one = 1;
    int before = errno, result = 0;
    while (write(fd, &one, sizeof one) < 0) {
        if (errno == EINTR) continue;
        if (errno != EAGAIN) result = -errno;  // EAGAIN: the counter is full, so it is readable
        break;
    }
    errno = before;
    return result;
}

int ambit_linux_wakeup_drain(int fd) {
    uint64_t count;
    while (read(fd, &count, sizeof count) < 0) {
        if (errno == EINTR) continue;
        return errno == EAGAIN ? 0 : -errno;
    }
    return 1;
}

static int fill(sigset_t *set, const int *signals, size_t count) {
    sigemptyset(set);
    for (size_t i = 0; i < count; i++)
        if (sigaddset(set, signals[i]) < 0) return -errno;
    return 0;
}

int ambit_linux_signals_block(const int *signals, size_t count) {
    sigset_t set;
    int result = fill(&set, signals, count);
    return result < 0 ? result : -pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int ambit_linux_signals_open(const int *signals, size_t count) {
    sigset_t set;
    int result = fill(&set, signals, count);
    if (result < 0) return result;
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

int ambit_linux_signals_read(int fd, struct ambit_linux_signal *out) {
    struct signalfd_siginfo info;
    for (;;) {
        ssize_t size = read(fd, &info, sizeof info);
        if (size == (ssize_t)sizeof info) break;
        if (size >= 0) return -EPROTO;
        if (errno == EINTR) continue;
        return errno == EAGAIN ? 0 : -errno;
    }
    *out = (struct ambit_linux_signal){(int32_t)info.ssi_signo, (int32_t)info.ssi_pid, info.ssi_uid, info.ssi_status};
    return 1;
}

int ambit_linux_ignore_sigpipe(void) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    return sigaction(SIGPIPE, &ignore, NULL) < 0 ? -errno : 0;
}
