// Finding and signalling the descendants of the launcher.
//
// Whom may we signal? A child that we have not reaped keeps its number, so a child may be signalled by number, and so
// may the process group of that number: only the child itself can have founded it, and a group never spans sessions,
// so all its members descend from us. A grandchild may be reaped by its parent and its number given to a stranger at
// any moment: it is opened as a pidfd first, then its parentage is checked, then it is signalled through the pidfd.
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

enum { most = 1 << 16 };  // beyond it, the next round of the kill loop takes what is left

struct member {
    pid_t pid;
    int parent;      // index in `members`, or -1 for our own children
    uint64_t start;  // with `pid` the identity of a grandchild; not read for children, whom nobody else can reap
};

static struct member members[most];
static size_t member_count;

struct related {
    pid_t pid, parent;
};
static struct related snapshot[most];  // used only where the kernel has no children files
static size_t snapshot_count;
static bool scanning;
static pid_t self;

/// One bit per number of an own child that was sent SIGKILL and isn't reaped yet. Such a child forks no more; what it
/// forked just before comes up as our own child when it dies. So it need not be looked at again.
enum { highest = 1 << 22 };  // PID_MAX_LIMIT
static uint64_t killed[highest / 64];

struct entry {  // linux_dirent64, which no header declares
    uint64_t inode;
    int64_t offset;
    unsigned short size;
    unsigned char type;
    char name[];
};

static char *append(char *at, const char *text) {
    while (*text) *at++ = *text++;
    *at = 0;
    return at;
}

static char *append_number(char *at, unsigned number) {
    char digits[12];
    int count = 0;
    do digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    while (count) *at++ = digits[--count];
    *at = 0;
    return at;
}

/// Number of a folder entry of /proc, 0 for a name.
static pid_t number_of(const char *name) {
    pid_t number = 0;
    for (; *name; name++) {
        if (*name < '0' || *name > '9') return 0;
        number = number * 10 + (*name - '0');
    }
    return number;
}

/// Parent and start time from /proc/<pid>/stat.
static bool read_stat(pid_t pid, pid_t *parent, uint64_t *start) {
    char path[40], text[1024];
    append(append_number(append(path, "/proc/"), (unsigned)pid), "/stat");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    if (size <= 0) return false;
    text[size] = 0;
    const char *at = strrchr(text, ')');  // the name before it may contain anything
    if (!at) return false;
    uint64_t value = 0;
    for (int field = 3; field <= 22; field++) {  // fields are counted as in proc(5)
        if (!(at = strchr(at, ' '))) return false;
        value = 0;
        for (at++; *at >= '0' && *at <= '9'; at++) value = value * 10 + (uint64_t)(*at - '0');
        if (field == 4) *parent = (pid_t)value;
    }
    *start = value;
    return true;
}

static void add(pid_t pid, int parent) {
    if (member_count < most) members[member_count++] = (struct member){pid, parent, 0};
}

/// Calls `visit` for each numeric entry of a folder of /proc.
static void each_number(const char *path, void (*visit)(pid_t number, void *context), void *context) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    _Alignas(8) char buffer[8192];
    long size;
    while ((size = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0)
        for (long at = 0; at < size; at += ((struct entry *)(buffer + at))->size) {
            pid_t number = number_of(((struct entry *)(buffer + at))->name);
            if (number > 0) visit(number, context);
        }
    close(fd);
}

struct parent {
    pid_t pid;
    int index;
};

static void add_children_of_thread(pid_t thread, void *context) {
    struct parent *parent = context;
    char path[64], text[8192];
    char *at = append_number(append(path, "/proc/"), (unsigned)parent->pid);
    append(append_number(append(at, "/task/"), (unsigned)thread), "/children");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    pid_t number = 0;
    ssize_t size;
    while ((size = read(fd, text, sizeof text)) > 0)
        for (ssize_t i = 0; i < size; i++) {
            if (text[i] >= '0' && text[i] <= '9') {
                number = number * 10 + (text[i] - '0');
            } else if (number > 0) {
                add(number, parent->index);
                number = 0;
            }
        }
    close(fd);
}

static void remember(pid_t pid, void *context) {
    (void)context;
    struct related related = {pid, 0};
    uint64_t start;
    if (snapshot_count < most && read_stat(pid, &related.parent, &start)) snapshot[snapshot_count++] = related;
}

static void add_children(pid_t pid, int index) {
    if (scanning) {
        for (size_t i = 0; i < snapshot_count; i++)
            if (snapshot[i].parent == pid) add(snapshot[i].pid, index);
        return;
    }
    struct parent parent = {pid, index};
    if (pid == self) {
        add_children_of_thread(self, &parent);
        return;
    }
    char path[40];
    append(append_number(append(path, "/proc/"), (unsigned)pid), "/task");
    each_number(path, add_children_of_thread, &parent);
}

static void begin(void) {
    member_count = 0;
    if (scanning) {
        snapshot_count = 0;
        each_number("/proc", remember, NULL);
    }
    add_children(self, -1);
}

/// Is the process that a pidfd was just opened for still the one that was listed below `parent`?
static bool is_descendant(struct member *member) {
    pid_t parent, again;
    uint64_t start;
    if (!read_stat(member->pid, &parent, &member->start)) return false;
    if (parent == self) {
        member->parent = -1;  // its parent has died: it is ours to reap now
        return true;
    }
    const struct member *expected = &members[member->parent];
    if (parent != expected->pid) return false;
    // A number may have changed hands: ours is the parent only if it is still the same process.
    return expected->parent < 0 || (read_stat(parent, &again, &start) && start == expected->start);
}

static void signal_member(struct member *member, const int *signals, size_t count) {
    if (member->parent < 0) {
        for (size_t i = 0; i < count; i++) kill(member->pid, signals[i]);
        return;
    }
    int fd = (int)syscall(SYS_pidfd_open, member->pid, 0);
    if (fd < 0) return;
    if (is_descendant(member))
        for (size_t i = 0; i < count; i++) syscall(SYS_pidfd_send_signal, fd, signals[i], NULL, 0);
    close(fd);
}

void tree_signal(const int *signals, size_t count) {
    begin();
    for (size_t i = 0; i < member_count; i++) {
        // Listed first: once it has died of the signal, its children are no longer found below it.
        add_children(members[i].pid, (int)i);
        signal_member(&members[i], signals, count);
    }
}

/// With the privilege for it, nobody who forks can keep the launcher from running. Without, this does nothing.
static void hurry(void) {
    static bool done;
    if (done) return;
    done = true;
    struct sched_param priority = {.sched_priority = 1};
    sched_setscheduler(0, SCHED_FIFO, &priority);
}

void tree_kill(void) {
    enum { few = 64, quick = 8 };  // an ordinary tree is smaller, and gone after three rounds
    static const int signals[] = {SIGKILL};
    static size_t rounds;
    if (++rounds > quick) hurry();
    begin();
    for (size_t i = 0; i < member_count; i++) {
        struct member *member = &members[i];
        uint64_t *word = &killed[member->pid / 64], bit = 1ull << member->pid % 64;
        if (member->parent < 0) {
            if (*word & bit) continue;
            // The group first: the kernel signals it in one piece, so that not even a fork in progress gets away.
            kill(-member->pid, SIGKILL);
        }
        if (i == few) hurry();
        add_children(member->pid, (int)i);
        signal_member(member, signals, 1);
        // EPERM (it runs as another user by now): tried again whenever something has changed.
        if (member->parent < 0 && kill(member->pid, 0) == 0) *word |= bit;
    }
}

void tree_reaped(pid_t pid) { killed[pid / 64] &= ~(1ull << pid % 64); }

size_t tree_children(pid_t *out, size_t capacity) {
    begin();
    size_t count = member_count < capacity ? member_count : capacity;
    for (size_t i = 0; i < count; i++) out[i] = members[i].pid;
    return count;
}

bool tree_open(bool scan) {
    self = getpid();
    pid_t parent;
    uint64_t start;
    if (!read_stat(self, &parent, &start) || parent != getppid()) return false;
    char path[64];
    char *at = append_number(append(path, "/proc/"), (unsigned)self);
    append(append_number(append(at, "/task/"), (unsigned)self), "/children");
    scanning = scan || access(path, R_OK) < 0;
    return true;
}
