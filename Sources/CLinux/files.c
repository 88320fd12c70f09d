#define _GNU_SOURCE
#include "ambit_linux_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

int ambit_linux_set_nonblocking(int fd, int on) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return -errno;
    int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    return wanted != flags && fcntl(fd, F_SETFL, wanted) < 0 ? -errno : 0;
}

static int hand_out(int pair[2], int *first, int *second, uint32_t flags) {
    int result = 0;
    if (flags & AMBIT_LINUX_NONBLOCK_FIRST) result = ambit_linux_set_nonblocking(pair[0], 1);
    if (result == 0 && flags & AMBIT_LINUX_NONBLOCK_SECOND) result = ambit_linux_set_nonblocking(pair[1], 1);
    if (result < 0) {
        close(pair[0]);
        close(pair[1]);
        return result;
    }
    *first = pair[0];
    *second = pair[1];
    return 0;
}

int ambit_linux_pipe(int *read_end, int *write_end, uint32_t flags) {
    int pair[2];
    if (pipe2(pair, O_CLOEXEC) < 0) return -errno;
    return hand_out(pair, read_end, write_end, flags);
}

int ambit_linux_socket_pair(int *first, int *second, int kind, uint32_t flags) {
    int pair[2];
    int type = kind == AMBIT_LINUX_SEQPACKET ? SOCK_SEQPACKET : SOCK_STREAM;
    if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair) < 0) return -errno;
    return hand_out(pair, first, second, flags);
}

int ambit_linux_duplicate(int fd) {
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    return copy < 0 ? -errno : copy;
}

int ambit_linux_park(int fd) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) return -errno;
    shutdown(fd, SHUT_RDWR);  // wakes a thread that is blocked in it; anything but a socket refuses, which is fine
    int result = dup3(null, fd, O_CLOEXEC) < 0 ? -errno : 0;
    close(null);
    return result;
}

int ambit_linux_close(int fd) { return close(fd) < 0 && errno != EINTR ? -errno : 0; }

ssize_t ambit_linux_read(int fd, void *buffer, size_t size) {
    for (;;) {
        ssize_t count = read(fd, buffer, size);
        if (count >= 0) return count;
        if (errno != EINTR) return -errno;
    }
}

ssize_t ambit_linux_write(int fd, const void *bytes, size_t size) {
    for (;;) {
        ssize_t count = write(fd, bytes, size);
        if (count >= 0) return count;
        if (errno != EINTR) return -errno;
    }
}

ssize_t ambit_linux_send(int fd, const void *bytes, size_t size) {
    for (;;) {
        ssize_t count = send(fd, bytes, size, MSG_NOSIGNAL);
        if (count >= 0) return count;
        if (errno != EINTR) return -errno;
    }
}

int ambit_linux_adopt_stdio(int *in, int *out) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) return -errno;
    // A program may be started with 0, 1 or 2 closed: open() then handed us one of them.
    while (null < 3) {
        int next = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (next < 0) return -errno;
        fcntl(null, F_SETFD, 0);
        null = next;
    }
    int result = 0, first = -1, second = -1;
    if ((first = fcntl(0, F_DUPFD_CLOEXEC, 3)) < 0 || (second = fcntl(1, F_DUPFD_CLOEXEC, 3)) < 0) result = -errno;
    if (result == 0 && dup2(2, 1) < 0) result = -errno;
    if (result == 0 && dup2(null, 0) < 0) {
        result = -errno;
        dup2(second, 1);
    }
    close(null);
    if (result < 0) {
        if (first >= 0) close(first);
        if (second >= 0) close(second);
        return result;
    }
    *in = first;
    *out = second;
    return 0;
}

static void describe(const struct stat *s, struct ambit_linux_file_facts *out) {
    int kind = S_ISREG(s->st_mode)    ? AMBIT_LINUX_KIND_FILE
               : S_ISDIR(s->st_mode)  ? AMBIT_LINUX_KIND_DIRECTORY
               : S_ISLNK(s->st_mode)  ? AMBIT_LINUX_KIND_SYMLINK
               : S_ISSOCK(s->st_mode) ? AMBIT_LINUX_KIND_SOCKET
                                      : AMBIT_LINUX_KIND_OTHER;
    *out = (struct ambit_linux_file_facts){
        .owner = s->st_uid,
        .group = s->st_gid,
        .mode = s->st_mode & 07777,
        .kind = kind,
        .size = s->st_size,
        .device = s->st_dev,
        .inode = s->st_ino,
        .modified_ns = (int64_t)s->st_mtim.tv_sec * 1000000000 + s->st_mtim.tv_nsec,
        .changed_ns = (int64_t)s->st_ctim.tv_sec * 1000000000 + s->st_ctim.tv_nsec,
        .links = s->st_nlink,
    };
}

int ambit_linux_path_facts(const char *path, int follow_links, struct ambit_linux_file_facts *out) {
    struct stat s;
    if ((follow_links ? stat(path, &s) : lstat(path, &s)) < 0) return -errno;
    describe(&s, out);
    return 0;
}

int ambit_linux_fd_facts(int fd, struct ambit_linux_file_facts *out) {
    struct stat s;
    if (fstat(fd, &s) < 0) return -errno;
    describe(&s, out);
    return 0;
}
