#define _GNU_SOURCE
#include "ambit_linux_runtime.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <linux/tcp.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

_Static_assert(
    offsetof(struct tcp_info, tcpi_bytes_acked) == offsetof(ambit_linux_tcp_progress, bytes_acked), "struct tcp_info only ever grows");

int ambit_linux_random(void *buffer, size_t size) {
    char *at = buffer;
    while (size > 0) {
        ssize_t count = getrandom(at, size, 0);
        if (count < 0) {
            if (errno == EINTR) continue;
            return -errno;
        }
        at += count;
        size -= (size_t)count;
    }
    return 0;
}

int ambit_linux_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0; }

int ambit_linux_child_subreaper(int on) { return prctl(PR_SET_CHILD_SUBREAPER, on, 0, 0, 0) < 0 ? -errno : 0; }

int ambit_linux_set_thread_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0) < 0 ? -errno : 0; }

int ambit_linux_close_range(int first, int last, int only_mark) {
    unsigned flags = only_mark ? 4u : 0u;  // CLOSE_RANGE_CLOEXEC
    return syscall(SYS_close_range, (unsigned)first, last < 0 ? ~0u : (unsigned)last, flags) < 0 ? -errno : 0;
}

static rlim_t unraised_limit = RLIM_INFINITY;  // written at start only

int ambit_linux_unraised_descriptor_limit(uint64_t *soft, uint64_t *hard) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur <= unraised_limit) return 0;
    *soft = unraised_limit;
    *hard = limit.rlim_max;
    return 1;
}

int64_t ambit_linux_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    return limit.rlim_cur > INT64_MAX ? INT64_MAX : (int64_t)limit.rlim_cur;
}

int ambit_linux_next_descriptor(void) {
    int next = eventfd(0, EFD_CLOEXEC);
    if (next < 0) return -errno;
    close(next);
    return next;
}

int64_t ambit_linux_raise_descriptor_limit(int64_t wanted) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    unraised_limit = limit.rlim_cur;
    rlim_t goal = limit.rlim_max < (rlim_t)wanted ? limit.rlim_max : (rlim_t)wanted;
    if (goal > limit.rlim_cur) {
        limit.rlim_cur = goal;
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    }
    return (int64_t)limit.rlim_cur;
}

struct start {
    void (*body)(void *);
    void *context;
    char name[16];
};

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    prctl(PR_SET_NAME, start.name, 0, 0, 0);
    start.body(start.context);
    return NULL;
}

int ambit_linux_thread_start(
    const char *name, size_t stack_size, void (*body)(void *context), void *context, ambit_linux_thread *out) {
    struct start *start = calloc(1, sizeof *start);
    if (!start) return -ENOMEM;
    start->body = body;
    start->context = context;
    strncpy(start->name, name ? name : "", sizeof start->name - 1);

    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    if (stack_size > 0) {
        size_t page = (size_t)sysconf(_SC_PAGESIZE), least = (size_t)PTHREAD_STACK_MIN;
        if (stack_size < least) stack_size = least;
        pthread_attr_setstacksize(&attributes, (stack_size + page - 1) / page * page);
    }
    // Faults stay unblocked: a blocked SIGSEGV would kill the process without the crash reporter.
    sigset_t all, before;
    sigfillset(&all);
    const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&all, faults[i]);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pthread_t thread;
    int result = pthread_create(&thread, &attributes, run, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (result != 0) {
        free(start);
        return -result;
    }
    *out = (ambit_linux_thread)thread;
    return 0;
}

int ambit_linux_thread_join(ambit_linux_thread thread) { return -pthread_join((pthread_t)thread, NULL); }

int ambit_linux_thread_detach(ambit_linux_thread thread) { return -pthread_detach((pthread_t)thread); }

int32_t ambit_linux_thread_id(void) { return (int32_t)syscall(SYS_gettid); }

static void copy_text(char *error, size_t capacity, const char *text) {
    if (!error || !capacity) return;
    strncpy(error, text ? text : "unknown loader error", capacity - 1);
    error[capacity - 1] = 0;
}

void *ambit_linux_library_open(const char *path, char *error, size_t capacity) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library) copy_text(error, capacity, dlerror());
    return library;
}

void *ambit_linux_library_symbol(void *library, const char *name, char *error, size_t capacity) {
    void *symbol = dlsym(library, name);
    if (!symbol) copy_text(error, capacity, dlerror());
    return symbol;
}

void ambit_linux_trim_heap(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

const char *ambit_linux_error_text(int error, char *buffer, size_t capacity) {
    if (capacity == 0) return "";
    const char *text = strerrordesc_np(error < 0 ? -error : error);
    strncpy(buffer, text ? text : "unknown error", capacity - 1);
    buffer[capacity - 1] = 0;
    return buffer;
}
