// What the reactor waits on: epoll, eventfd, signalfd.
#ifndef AMBIT_LINUX_EVENTS_H
#define AMBIT_LINUX_EVENTS_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <unistd.h>

#define AMBIT_LINUX_READABLE 0x001u   // EPOLLIN
#define AMBIT_LINUX_WRITABLE 0x004u   // EPOLLOUT
#define AMBIT_LINUX_FAILED 0x008u     // EPOLLERR, always reported
#define AMBIT_LINUX_HUNG_UP 0x010u    // EPOLLHUP, always reported: both directions are closed
#define AMBIT_LINUX_PEER_CLOSED 0x2000u  // EPOLLRDHUP: the peer will send nothing more
#define AMBIT_LINUX_ONE_SHOT 0x40000000u // EPOLLONESHOT
#define AMBIT_LINUX_EDGE 0x80000000u     // EPOLLET

/// One readiness report. `token` is what `ambit_linux_epoll_add` was given.
struct ambit_linux_event {
    uint64_t token;
    uint32_t events;
};

/// A new epoll descriptor, or -errno. [any-thread]
int ambit_linux_epoll_create(void);

/// Adds, changes or removes interest in `fd`. Removing must happen before `fd` is closed where a duplicate of it may
/// live on elsewhere. 0 or -errno (EEXIST, ENOENT, EPERM for a regular file). [any-thread, also while another waits]
int ambit_linux_epoll_add(int epoll, int fd, uint32_t events, uint64_t token);
int ambit_linux_epoll_modify(int epoll, int fd, uint32_t events, uint64_t token);
int ambit_linux_epoll_remove(int epoll, int fd);

/// Waits for at most `capacity` events (64 are enough per round; more than 64 are not returned at once).
/// `timeout_ns`: negative waits for ever, 0 only looks; nanosecond resolution where the kernel has epoll_pwait2, else
/// rounded up to milliseconds. Number of events, 0 on time-out or when interrupted, -errno. [reactor thread]
int ambit_linux_epoll_wait(int epoll, struct ambit_linux_event *out, int capacity, int64_t timeout_ns);

/// A nonblocking eventfd that wakes a reactor. -errno on failure. [any-thread]
int ambit_linux_wakeup_create(void);
/// Makes it readable; never blocks, allocates nothing, may be called in a signal handler. [any-thread]
int ambit_linux_wakeup_signal(int fd);
/// Makes it unreadable again; returns 1 when it was signalled, 0 when not. [reactor thread]
int ambit_linux_wakeup_drain(int fd);

/// One signal read from a signalfd; `sender` is 0 for the kernel's own.
struct ambit_linux_signal {
    int32_t number;
    int32_t sender;
    uint32_t sender_user;
    int32_t status;
};

/// Blocks the signals in the calling thread; threads started later inherit the mask. Call it in main before the first
/// thread exists, else the default action of another thread ends the process. 0 or -errno. [main thread, at start]
int ambit_linux_signals_block(const int *signals, size_t count);
/// A nonblocking signalfd for the (blocked) signals, or -errno. [any-thread]
int ambit_linux_signals_open(const int *signals, size_t count);
/// Reads one signal: 1 when `out` was filled, 0 when there is none, -errno. [reactor thread]
int ambit_linux_signals_read(int fd, struct ambit_linux_signal *out);
/// SIGPIPE is ignored from here on: a write to a closed pipe returns -EPIPE. [main thread, at start]
int ambit_linux_ignore_sigpipe(void);

#endif
