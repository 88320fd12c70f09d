#define _GNU_SOURCE
#include "ambit_linux_trees.h"

#include "ambit_linux_runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct entry {  // linux_dirent64, which no header declares
    uint64_t inode;
    int64_t offset;
    unsigned short size;
    unsigned char type;
    char name[];
};

struct removal {
    int root;
    dev_t device;
    int64_t deadline;
    unsigned long moved;  // names the next folder that is moved up
    int late;
    struct ambit_linux_removal *out;
};

/// Opens a folder that is no link, readable and writable for us as far as that can be had. Descriptor or -errno.
static int open_folder(int parent, const char *name) {
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(parent, name, flags);
    if (fd < 0 && errno == EACCES) {
        // By a handle, which can't have become a link meanwhile.
        int handle = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (handle < 0) return -errno;
        char path[40];
        snprintf(path, sizeof path, "/proc/self/fd/%d", handle);
        chmod(path, 0700);
        close(handle);
        fd = openat(parent, name, flags);
    }
    if (fd < 0) return -errno;
    struct stat s;
    if (fstat(fd, &s) == 0 && (s.st_mode & 0700) != 0700) fchmod(fd, 0700);
    return fd;
}

static int is_folder(int parent, const struct entry *entry) {
    if (entry->type != 0) return entry->type == 4;  // DT_UNKNOWN, DT_DIR
    struct stat s;
    return fstatat(parent, entry->name, &s, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(s.st_mode);
}

static int empty(struct removal *removal, int fd);

/// Gives a folder of a deeper one a name in the root. 0 or -errno.
static int move_up(struct removal *removal, int parent, const char *name) {
    int opened = 0;
    for (;;) {
        char target[32];
        snprintf(target, sizeof target, ".ambit-%lu", removal->moved++);
        if (renameat(parent, name, removal->root, target) == 0) return 0;
        if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR) continue;  // that name is taken
        if (errno != EACCES || opened) return -errno;
        // Moving a folder writes its "..": it must be writable.
        opened = 1;
        int fd = open_folder(parent, name);
        if (fd < 0) return fd;
        close(fd);
    }
}

/// 0 or -errno.
static int remove_folder(struct removal *removal, int parent, const char *name) {
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return 0;
    if (errno != ENOTEMPTY && errno != EEXIST) return -errno;
    if (parent != removal->root) return move_up(removal, parent, name);
    int fd = open_folder(parent, name);
    if (fd < 0) return fd;
    struct stat s;
    if (fstat(fd, &s) < 0 || s.st_dev != removal->device) {
        close(fd);
        return -EBUSY;
    }
    int result = empty(removal, fd);
    close(fd);
    if (result < 0) return result;
    return unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : -errno;
}

static void note(struct removal *removal, const char *name, int error) {
    if (removal->out->left++ > 0) return;
    removal->out->error = error;
    strncpy(removal->out->name, name, sizeof removal->out->name - 1);
}

/// Removes what is in a folder; what can't be is counted where the root itself is emptied. 0, or -errno of the first of those.
static int empty(struct removal *removal, int fd) {
    _Alignas(8) char buffer[8192];
    for (;;) {
        int progress = 0, failed = 0;
        if (fd == removal->root) *removal->out = (struct ambit_linux_removal){.removed = removal->out->removed};
        if (lseek(fd, 0, SEEK_SET) < 0) return -errno;
        for (;;) {
            long size = syscall(SYS_getdents64, fd, buffer, sizeof buffer);
            if (size < 0) return -errno;
            if (size == 0) break;
            for (long at = 0; at < size; at += ((struct entry *)(buffer + at))->size) {
                const struct entry *entry = (const struct entry *)(buffer + at);
                if (!strcmp(entry->name, ".") || !strcmp(entry->name, "..")) continue;
                if (removal->late || ambit_linux_now() >= removal->deadline) {
                    removal->late = 1;
                    return -ETIMEDOUT;
                }
                int result = is_folder(fd, entry)                                          ? remove_folder(removal, fd, entry->name)
                             : unlinkat(fd, entry->name, 0) == 0 || errno == ENOENT ? 0
                                                                                    : -errno;
                if (result == 0) {
                    progress = 1;
                    removal->out->removed++;
                } else {
                    if (!failed) failed = -result;
                    if (fd == removal->root) note(removal, entry->name, -result);
                }
            }
        }
        // A pass that found nothing means empty; one that removed something may have been shown only a part.
        if (!progress) return -failed;
    }
}

int ambit_linux_remove_tree(
    const char *path, uint64_t device, uint64_t inode, int64_t deadline, struct ambit_linux_removal *out) {
    memset(out, 0, sizeof *out);
    size_t length = strlen(path);
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX];
    if (!slash || slash[1] == 0 || length >= sizeof folder) return -EINVAL;
    memcpy(folder, path, length + 1);
    folder[slash == path ? 1 : slash - path] = 0;
    const char *name = slash + 1;
    int parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0) return errno == ENOENT ? 0 : -errno;
    struct stat s;
    int result = 0, root = -1;
    if (fstatat(parent, name, &s, AT_SYMLINK_NOFOLLOW) < 0) result = errno == ENOENT ? 0 : -errno;
    else if (s.st_dev != device || s.st_ino != inode) result = -ESTALE;
    else if ((root = open_folder(parent, name)) < 0) result = root;
    // Once more, of what was opened: the name may have changed hands in between.
    else if (fstat(root, &s) < 0 || s.st_dev != device || s.st_ino != inode) result = -ESTALE;
    else {
        struct removal removal = {.root = root, .device = s.st_dev, .deadline = deadline, .out = out};
        result = empty(&removal, root);
        if (result == 0 && unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT) result = -errno;
    }
    if (root >= 0) close(root);
    close(parent);
    return result;
}

int ambit_linux_process_started(pid_t pid, uint64_t *ticks) {
    char path[40], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? -ESRCH : -errno;
    ssize_t size = read(fd, text, sizeof text - 1);
    int error = errno;
    close(fd);
    if (size < 0) return -error;
    text[size] = 0;
    // The name in field 2 may hold anything: the fields begin after the last parenthesis; this one is the 22nd.
    char *at = strrchr(text, ')');
    unsigned long long started;
    if (!at
        || sscanf(
               at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &started)
               != 1)
        return -EPROTO;
    *ticks = started;
    return 0;
}

uint64_t ambit_linux_process_namespace(void) {
    struct stat s;
    return stat("/proc/self/ns/pid", &s) < 0 ? 0 : s.st_ino;
}
