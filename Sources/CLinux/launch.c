#define _GNU_SOURCE
#include "ambit_launcher_protocol.h"
#include "ambit_linux_files.h"
#include "ambit_linux_process.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

_Static_assert(sizeof(struct ambit_launcher_request) == 40, "the request head has no holes");
_Static_assert(sizeof(struct ambit_launcher_command) == 16, "a command has no holes");
_Static_assert(sizeof(struct ambit_launcher_event) == 256, "an event has no holes");

/// Adds the strings' sizes to `*total` and counts them; 0 or -E2BIG.
static int measure(char *const *strings, uint32_t *count, size_t *total) {
    for (*count = 0; strings && strings[*count]; (*count)++) {
        *total += strlen(strings[*count]) + 1;
        if (*total > AMBIT_LAUNCHER_MAX_REQUEST) return -E2BIG;
    }
    return 0;
}

static char *put(char *at, const char *string) {
    size_t size = strlen(string) + 1;
    memcpy(at, string, size);
    return at + size;
}

/// The request as a memfd, or -errno.
static int write_request(const struct ambit_launch *launch) {
    const char *cwd = launch->cwd ? launch->cwd : "";
    struct ambit_launcher_request head = {
        .magic = AMBIT_LAUNCHER_MAGIC,
        .version = AMBIT_LAUNCHER_VERSION,
        .flags = launch->flags,
        .leftover_grace_ns = launch->leftover_grace_ns,
        .rlimit_count = (uint32_t)launch->rlimit_count,
        .passed_count = (uint32_t)launch->passed_count,
    };
    size_t limits = launch->rlimit_count * sizeof(struct ambit_launcher_rlimit);
    size_t total = sizeof head + limits + strlen(launch->path) + 1 + strlen(cwd) + 1;
    if (measure(launch->arguments, &head.argument_count, &total) < 0
        || measure(launch->environment, &head.environment_count, &total) < 0 || total > AMBIT_LAUNCHER_MAX_REQUEST)
        return -E2BIG;
    if (head.argument_count == 0) return -EINVAL;
    head.total_size = (uint32_t)total;

    int fd = memfd_create("ambit-launch", MFD_CLOEXEC);
    if (fd < 0) return -errno;
    char *memory = MAP_FAILED;
    int error = 0;
    if (ftruncate(fd, (off_t)total) < 0
        || (memory = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) == MAP_FAILED) {
        error = errno;
        close(fd);
        return -error;
    }
    char *at = memory;
    memcpy(at, &head, sizeof head);
    at += sizeof head;
    if (limits) memcpy(at, launch->rlimits, limits);
    at = put(put(at + limits, launch->path), cwd);
    for (uint32_t i = 0; i < head.argument_count; i++) at = put(at, launch->arguments[i]);
    for (uint32_t i = 0; i < head.environment_count; i++) at = put(at, launch->environment[i]);
    munmap(memory, total);
    return fd;
}

int ambit_linux_launch(const struct ambit_launch *launch, struct ambit_launched *out) {
    if (launch->rlimit_count > AMBIT_LAUNCHER_MAX_RLIMITS || launch->passed_count > AMBIT_LAUNCHER_MAX_PASSED)
        return -EINVAL;
    int request = write_request(launch);
    if (request < 0) return request;
    int ours, theirs;
    int result =
        ambit_linux_socket_pair(&ours, &theirs, AMBIT_LINUX_SEQPACKET, AMBIT_LINUX_NONBLOCK_FIRST);
    if (result < 0) {
        close(request);
        return result;
    }
    struct ambit_linux_fd_pair map[5 + AMBIT_LAUNCHER_MAX_PASSED];
    size_t count = 0;
    for (int fd = 0; fd < 3; fd++)
        if (launch->stdio[fd] >= 0) map[count++] = (struct ambit_linux_fd_pair){fd, launch->stdio[fd]};
    map[count++] = (struct ambit_linux_fd_pair){AMBIT_LAUNCHER_CONTROL_FD, theirs};
    map[count++] = (struct ambit_linux_fd_pair){AMBIT_LAUNCHER_REQUEST_FD, request};
    for (size_t i = 0; i < launch->passed_count; i++)
        map[count++] = (struct ambit_linux_fd_pair){AMBIT_LAUNCHER_PASSED_FD + (int)i, launch->passed[i]};
    char *const arguments[] = {"ambit-launcher", NULL};
    result = ambit_linux_spawn(launch->launcher, arguments, map, count, &out->pid, &out->pidfd);
    close(request);
    close(theirs);
    if (result < 0) {
        close(ours);
        return result;
    }
    out->control = ours;
    return 0;
}

int ambit_linux_launcher_send(int control, uint32_t kind, int signal, int64_t grace_ns) {
    struct ambit_launcher_command command = {kind, signal, grace_ns};
    ssize_t size;
    do size = send(control, &command, sizeof command, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (size < 0 && errno == EINTR);
    if (size < 0) return errno == ECONNRESET ? -EPIPE : -errno;
    return 0;
}

int ambit_linux_launcher_receive(int control, struct ambit_launcher_event *out) {
    ssize_t size;
    // A launcher that exits with a command unread leaves ECONNRESET, once and ahead of the events that it sent: asking
    // again gives those.
    // (test_clinux.py: test_events_of_a_launcher_that_left_commands_unread_are_received)
    do size = recv(control, out, sizeof *out, MSG_DONTWAIT | MSG_TRUNC);
    while (size < 0 && (errno == EINTR || errno == ECONNRESET));
    if (size < 0) return errno == EAGAIN ? 0 : -errno;
    if (size == 0) return -EPIPE;
    return size == (ssize_t)sizeof *out ? 1 : -EPROTO;
}
