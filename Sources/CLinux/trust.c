#define _GNU_SOURCE
#include "ambit_linux_trust.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_LINKS 40

struct walk {
    uint32_t owner;
    struct ambit_linux_distrust *distrust;
    int folder;                // where we are
    char at[PATH_MAX];         // its path, without a slash at the end; empty: the root folder
    char rest[2 * PATH_MAX];   // what is left of the way
    int links;
};

// A folder on the way may be sticky; what lies in it is judged by its own owner.
static void judge(struct walk *walk, const struct stat *s, const char *name, int on_the_way) {
    int why = 0;
    int sticky = on_the_way && S_ISDIR(s->st_mode) && s->st_mode & S_ISVTX;
    if (s->st_uid != 0 && s->st_uid != walk->owner) why |= AMBIT_LINUX_DISTRUST_OWNER;
    if (!S_ISLNK(s->st_mode) && !sticky) {
        if (s->st_mode & S_IWGRP) why |= AMBIT_LINUX_DISTRUST_GROUP;
        if (s->st_mode & S_IWOTH) why |= AMBIT_LINUX_DISTRUST_WORLD;
    }
    if (!why || walk->distrust->why) return;
    walk->distrust->why = why;
    walk->distrust->owner = s->st_uid;
    walk->distrust->mode = s->st_mode & 07777;
    const char *slash = *name || !*walk->at ? "/" : "";
    snprintf(walk->distrust->path, sizeof walk->distrust->path, "%s%s%s", walk->at, slash, name);
}

static int enter_root(struct walk *walk) {
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) return -errno;
    if (walk->folder >= 0) close(walk->folder);
    walk->folder = root;
    walk->at[0] = 0;
    struct stat s;
    if (fstat(root, &s) < 0) return -errno;
    judge(walk, &s, "", 1);
    return 0;
}

// Takes the first name off the rest; 0 at the end of the way.
static int next_name(struct walk *walk, char name[NAME_MAX + 1]) {
    char *start = walk->rest;
    while (*start == '/') start++;
    size_t length = strcspn(start, "/");
    if (length == 0) return 0;
    if (length > NAME_MAX) return -ENAMETOOLONG;
    memcpy(name, start, length);
    name[length] = 0;
    memmove(walk->rest, start + length, strlen(start + length) + 1);
    return 1;
}

static int prepend(struct walk *walk, const char *first) {
    char rest[sizeof walk->rest];
    int length = snprintf(rest, sizeof rest, "%s/%s", first, walk->rest);
    if (length < 0 || (size_t)length >= sizeof rest) return -ENAMETOOLONG;
    memcpy(walk->rest, rest, (size_t)length + 1);
    return 0;
}

static int follow(struct walk *walk, int link) {
    char target[PATH_MAX];
    if (++walk->links > MOST_LINKS) return -ELOOP;
    ssize_t length = readlinkat(link, "", target, sizeof target - 1);
    if (length < 0) return -errno;
    target[length] = 0;
    int result = prepend(walk, target);
    if (result == 0 && target[0] == '/') result = enter_root(walk);
    return result;
}

static int enter(struct walk *walk, int folder, const char *name) {
    if (strcmp(name, "..") == 0) {
        char *slash = strrchr(walk->at, '/');
        if (slash) *slash = 0;
    } else if (strcmp(name, ".") != 0) {
        size_t length = strlen(walk->at);
        if (length + 1 + strlen(name) >= sizeof walk->at) return -ENAMETOOLONG;
        snprintf(walk->at + length, sizeof walk->at - length, "/%s", name);
    }
    close(walk->folder);
    walk->folder = folder;
    return 0;
}

static int is_last(const struct walk *walk) { return walk->rest[strspn(walk->rest, "/")] == 0; }

// One step. 1: go on; 0: the end, and `*opened` is it, or -1 when it is the folder where we are.
static int step(struct walk *walk, int *opened) {
    char name[NAME_MAX + 1];
    struct stat s;
    int more = next_name(walk, name);
    if (more <= 0) return more;
    int next = openat(walk->folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0) return -errno;
    int result = fstat(next, &s) < 0 ? -errno : 1;
    if (result == 1 && S_ISDIR(s.st_mode)) {
        judge(walk, &s, name, !is_last(walk));
        result = enter(walk, next, name);
        if (result == 0) return 1;
    } else if (result == 1 && S_ISLNK(s.st_mode)) {
        judge(walk, &s, name, 1);
        result = follow(walk, next);
        if (result == 0) result = 1;
    } else if (result == 1 && !is_last(walk)) {
        result = -ENOTDIR;
    } else if (result == 1) {
        // Judged by what was opened, whatever the name led to a moment ago.
        int file = openat(walk->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        result = file < 0 || fstat(file, &s) < 0 ? -errno : 0;
        if (result == 0) judge(walk, &s, name, 0);
        *opened = file;
    }
    close(next);
    return result;
}

int ambit_linux_open_watched(const char *path, uint32_t owner, struct ambit_linux_distrust *distrust) {
    struct walk walk = {.owner = owner, .distrust = distrust, .folder = -1};
    memset(distrust, 0, sizeof *distrust);
    if (*path == 0) return -ENOENT;
    if (strlen(path) >= PATH_MAX) return -ENAMETOOLONG;
    strcpy(walk.rest, path);
    int result = enter_root(&walk);
    if (result == 0 && *path != '/') {
        char current[PATH_MAX];
        result = getcwd(current, sizeof current) ? prepend(&walk, current) : -errno;
    }
    int opened = -1;
    if (result == 0) {
        do result = step(&walk, &opened);
        while (result == 1);
    }
    // The way ended in a folder.
    if (result == 0 && opened < 0) {
        opened = openat(walk.folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (opened < 0) result = -errno;
    }
    if (walk.folder >= 0) close(walk.folder);
    if (result < 0 && opened >= 0) close(opened);
    return result < 0 ? result : opened;
}
