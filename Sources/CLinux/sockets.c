#define _GNU_SOURCE
#include "ambit_linux_sockets.h"

#include "ambit_linux_files.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER 0x5441
#endif

static int refuse(int fd, int error) {
    close(fd);
    return -error;
}

int ambit_linux_listen_tcp(const char *address, int port, int backlog, int *bound) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char service[12];
    if (port < 0 || port > 65535) return -EINVAL;
    snprintf(service, sizeof service, "%d", port);
    if (getaddrinfo(address, service, &hints, &found) != 0) return -EINVAL;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    int error = fd < 0 ? errno : 0;
    // Connections that linger from before don't count.
    if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0
                    || bind(fd, found->ai_addr, found->ai_addrlen) < 0 || listen(fd, backlog) < 0))
        error = errno;
    freeaddrinfo(found);
    if (error) return fd < 0 ? -error : refuse(fd, error);
    struct sockaddr_storage name;
    socklen_t size = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &size) < 0) return refuse(fd, errno);
    *bound = ntohs(
        name.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&name)->sin6_port : ((struct sockaddr_in *)&name)->sin_port);
    return fd;
}

/// Whether the file is a socket that nobody listens on.
static int is_stale(const struct sockaddr_un *name) {
    struct stat s;
    if (lstat(name->sun_path, &s) < 0 || !S_ISSOCK(s.st_mode)) return 0;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return 0;
    int stale = connect(fd, (const struct sockaddr *)name, sizeof *name) < 0 && errno == ECONNREFUSED;
    close(fd);
    return stale;
}

int ambit_linux_listen_local(const char *path, int backlog, uint64_t *device, uint64_t *inode) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    size_t size = strlen(path);
    if (size == 0) return -EINVAL;
    if (size >= sizeof name.sun_path) return -ENAMETOOLONG;
    memcpy(name.sun_path, path, size);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    // The file gets the mode of the socket: there is no moment in which others may connect.
    if (fchmod(fd, 0600) < 0) return refuse(fd, errno);
    int failed = bind(fd, (struct sockaddr *)&name, sizeof name) < 0;
    if (failed && errno == EADDRINUSE && is_stale(&name)) {
        unlink(path);
        failed = bind(fd, (struct sockaddr *)&name, sizeof name) < 0;
    }
    if (failed) return refuse(fd, errno);
    struct stat s;
    if (listen(fd, backlog) < 0 || lstat(path, &s) < 0) {
        int error = errno;
        unlink(path);
        return refuse(fd, error);
    }
    *device = s.st_dev;
    *inode = s.st_ino;
    return fd;
}

int ambit_linux_unlink_socket(const char *path, uint64_t device, uint64_t inode) {
    struct stat s;
    if (lstat(path, &s) < 0) return -errno;
    if (s.st_dev != device || s.st_ino != inode) return 0;
    return unlink(path) < 0 ? -errno : 0;
}

int ambit_linux_accept(int fd) {
    for (;;) {
        int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (connection >= 0) return connection;
        switch (errno) {
        // What went wrong on the way to a connection shows up here (accept(2)); the next one may be well.
        case EINTR: case ECONNABORTED: case EPROTO: case ENETDOWN: case ENOPROTOOPT: case EHOSTDOWN: case ENONET:
        case EHOSTUNREACH: case ENETUNREACH: continue;
        default: return -errno;
        }
    }
}

void ambit_linux_shutdown(int fd) { shutdown(fd, SHUT_RDWR); }

int ambit_linux_terminal_open(uint16_t rows, uint16_t columns, int *master, int *terminal) {
    int first = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (first < 0) return -errno;
    if (grantpt(first) < 0 || unlockpt(first) < 0) return refuse(first, errno);
    int result = ambit_linux_terminal_resize(first, rows, columns);
    if (result == 0) result = ambit_linux_set_nonblocking(first, 1);
    if (result < 0) return refuse(first, -result);
    // By the master, not by its path: /dev/pts may be another file system than the master's.
    int second = ioctl(first, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (second < 0) return refuse(first, errno);
    *master = first;
    *terminal = second;
    return 0;
}

int ambit_linux_terminal_resize(int master, uint16_t rows, uint16_t columns) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return ioctl(master, TIOCSWINSZ, &size) < 0 ? -errno : 0;
}
