// Unix sockets that programs of this machine meet at: names in the file system, and who is at the other end.
#ifndef AMBIT_LINUX_LOCAL_H
#define AMBIT_LINUX_LOCAL_H

#include <stddef.h>
#include <stdint.h>

/// Who connected, as the kernel knows it (SO_PEERCRED): fixed when the connection was made.
struct ambit_linux_peer {
    int32_t process;
    uint32_t user, group;
};

/// The longest path that a socket can have, without the 0 at its end.
#define AMBIT_LINUX_LOCAL_PATH 107

/// A nonblocking stream socket that listens at `path`, whose permissions are `mode` from the first instant on. The
/// descriptor, or -errno (-ENAMETOOLONG beyond AMBIT_LINUX_LOCAL_PATH, -EADDRINUSE where something has that name).
/// [any-thread]
int ambit_linux_local_listen(const char *path, uint32_t mode, int backlog);
/// The next connection, nonblocking and CLOEXEC, and who made it. The descriptor, or -errno (-EAGAIN: none waits;
/// -EMFILE, -ENFILE, -ENOMEM: it still waits). [owner of fd]
int ambit_linux_local_accept(int fd, struct ambit_linux_peer *out);
/// Connects; waits at most `timeout_ms` for a place in the queue of the other side, 0: not at all. The descriptor,
/// blocking and CLOEXEC, or -errno (-ECONNREFUSED: nobody listens there any more; -EAGAIN: the queue is full).
/// [any-thread, may block]
int ambit_linux_local_connect(const char *path, int timeout_ms);
/// Nothing more will be sent; what comes can still be read. 0 or -errno. [owner of fd]
int ambit_linux_local_finish(int fd);

#endif
