// Sockets that listen, and terminals.
#ifndef AMBIT_LINUX_SOCKETS_H
#define AMBIT_LINUX_SOCKETS_H

#include <stddef.h>
#include <stdint.h>

/// Listens on a numeric address ("127.0.0.1", "::1"); `port` 0 means any free one, and `*bound` becomes the port. The socket is
/// nonblocking and CLOEXEC. Descriptor or -errno: EINVAL where the address is a name (names are looked up elsewhere:
/// that blocks), EADDRINUSE. [any-thread]
int ambit_linux_listen_tcp(const char *address, int port, int backlog, int *bound);

/// Listens on a local socket that only this user may use (mode 0600). A socket file that nobody listens on any more is replaced.
/// `*device`, `*inode`: which file it is, for `ambit_linux_unlink_socket`. Descriptor or -errno: EADDRINUSE where
/// somebody listens or it is no socket, ENAMETOOLONG beyond 107 bytes. [any-thread, may block on the disk]
int ambit_linux_listen_local(const char *path, int backlog, uint64_t *device, uint64_t *inode);
/// Removes the socket file unless it is another one by now. 0 or -errno. [any-thread, may block on the disk]
int ambit_linux_unlink_socket(const char *path, uint64_t device, uint64_t inode);

/// Takes one connection, nonblocking and CLOEXEC; those that were given up by their peer are skipped. Descriptor or -errno
/// (-EAGAIN: none; -EMFILE, -ENFILE, -ENOBUFS, -ENOMEM: none can be taken now). [owner of fd]
int ambit_linux_accept(int fd);
/// Ends both directions of a socket: whoever waits in it is woken; one that listens gives its port back at once, before the descriptor
/// is closed. Nothing happens to what is no socket. [owner of fd]
void ambit_linux_shutdown(int fd);

/// A terminal of the given size: both ends CLOEXEC, the master nonblocking. 0 or -errno. [any-thread]
int ambit_linux_terminal_open(uint16_t rows, uint16_t columns, int *master, int *terminal);
/// Tells the terminal its size; its foreground programs get SIGWINCH. 0 or -errno. [owner of fd]
int ambit_linux_terminal_resize(int master, uint16_t rows, uint16_t columns);

#endif
