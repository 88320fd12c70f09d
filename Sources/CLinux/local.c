#define _GNU_SOURCE
#include "ambit_linux_local.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static int address_of(const char *path, struct sockaddr_un *out) {
    size_t length = strlen(path);
    if (length == 0 || length > AMBIT_LINUX_LOCAL_PATH) return -ENAMETOOLONG;
    memset(out, 0, sizeof *out);
    out->sun_family = AF_UNIX;
    memcpy(out->sun_path, path, length);
    return 0;
}

static int failed(int fd) {
    int error = errno;
    close(fd);
    return -error;
}

int ambit_linux_local_peer(int fd, struct ambit_linux_peer *out) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return -errno;
    out->process = peer.pid;
    out->user = peer.uid;
    out->group = peer.gid;
    return 0;
}

int ambit_linux_local_connect(const char *path, int timeout_ms) {
    struct sockaddr_un address;
    int result = address_of(path, &address);
    if (result < 0) return result;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (timeout_ms > 0 ? 0 : SOCK_NONBLOCK), 0);
    if (fd < 0) return -errno;
    if (timeout_ms > 0) {
        struct timeval limit = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
        if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) < 0) return failed(fd);
    }
    for (;;) {
        if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
        if (errno != EINTR) return failed(fd);
    }
}

int ambit_linux_local_finish(int fd) { return shutdown(fd, SHUT_WR) < 0 ? -errno : 0; }
