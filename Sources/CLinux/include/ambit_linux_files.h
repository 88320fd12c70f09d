// Descriptors: pipes, socket pairs, the program's own stdio, reading and writing, and what is known of a path.
#ifndef AMBIT_LINUX_FILES_H
#define AMBIT_LINUX_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define AMBIT_LINUX_NONBLOCK_FIRST 1u   // read end of a pipe, first of a socket pair
#define AMBIT_LINUX_NONBLOCK_SECOND 2u  // write end, second

#define AMBIT_LINUX_STREAM 0     // SOCK_STREAM
#define AMBIT_LINUX_SEQPACKET 1  // SOCK_SEQPACKET: ordered, keeps message limits, read gives 0 at the end

/// A pipe, both ends CLOEXEC. Nonblocking is a property of each end by itself: leave a child's end blocking.
/// 0 or -errno. [any-thread]
int ambit_linux_pipe(int *read_end, int *write_end, uint32_t flags);
/// A pair of Unix sockets, both CLOEXEC. 0 or -errno. [any-thread]
int ambit_linux_socket_pair(int *first, int *second, int kind, uint32_t flags);
/// Turns O_NONBLOCK of the open file (shared by all its duplicates) on or off. 0 or -errno. [any-thread]
int ambit_linux_set_nonblocking(int fd, int on);
/// A duplicate with CLOEXEC, numbered 3 or higher. The number or -errno. [any-thread]
int ambit_linux_duplicate(int fd);
/// Makes `fd` refer to /dev/null while keeping its number, so that nobody else can get that number (S9: a parked
/// descriptor). Sockets are shut down first. 0 or -errno. [any-thread]
int ambit_linux_park(int fd);
/// Closes; EINTR counts as closed, as Linux has released the number by then. 0 or -errno. [owner of fd]
int ambit_linux_close(int fd);

/// read, write and sendmsg-less sends that retry EINTR. Number of bytes, 0 at the end (read), or -errno
/// (-EAGAIN when nonblocking). `send` is for sockets and never raises SIGPIPE. [owner of fd]
ssize_t ambit_linux_read(int fd, void *buffer, size_t size);
ssize_t ambit_linux_write(int fd, const void *bytes, size_t size);
ssize_t ambit_linux_send(int fd, const void *bytes, size_t size);

/// Moves the program's stdin and stdout out of reach: `*in` and `*out` become private CLOEXEC duplicates (3 or
/// higher), then fd 0 reads /dev/null and fd 1 is a duplicate of fd 2, so that whatever a plugin prints goes to stderr.
/// A missing fd 0, 1 or 2 is opened as /dev/null first. 0 or -errno, and then nothing has changed.
/// [main thread, before the first plugin and the first thread]
int ambit_linux_adopt_stdio(int *in, int *out);

#define AMBIT_LINUX_KIND_OTHER 0
#define AMBIT_LINUX_KIND_FILE 1
#define AMBIT_LINUX_KIND_DIRECTORY 2
#define AMBIT_LINUX_KIND_SYMLINK 3
#define AMBIT_LINUX_KIND_SOCKET 4

/// Owner and mode of a file. `mode` holds the permission bits and setuid, setgid, sticky (07777).
struct ambit_linux_file_facts {
    uint32_t owner, group, mode;
    int32_t kind;
    int64_t size;
    uint64_t device, inode;
    int64_t modified_ns;  // Unix epoch
    int64_t changed_ns;   // st_ctime, Unix epoch
    uint64_t links;       // 0: no name leads to it any more
};

/// Facts of a path (links followed or not) or of an open descriptor. 0 or -errno. [any-thread, may block on the disk]
int ambit_linux_path_facts(const char *path, int follow_links, struct ambit_linux_file_facts *out);
int ambit_linux_fd_facts(int fd, struct ambit_linux_file_facts *out);

#endif
