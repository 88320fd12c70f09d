// The other side of local sockets: connecting to one, and who has connected. For listening: ambit_linux_sockets.h.
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

/// Who is at the other end of a connection. 0 or -errno. [owner of fd]
int ambit_linux_local_peer(int fd, struct ambit_linux_peer *out);
/// Connects; waits at most `timeout_ms` for a place in the queue of the other side, 0: not at all. The descriptor,
/// blocking and CLOEXEC, or -errno (-ECONNREFUSED: nobody listens there any more; -EAGAIN: the queue is full).
/// [any-thread, may block]
int ambit_linux_local_connect(const char *path, int timeout_ms);
/// Nothing more will be sent; what comes can still be read. 0 or -errno. [owner of fd]
int ambit_linux_local_finish(int fd);

#endif
