// This process and its threads: clock, random bytes, prctl, threads, shared libraries.
#ifndef AMBIT_LINUX_RUNTIME_H
#define AMBIT_LINUX_RUNTIME_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/// CLOCK_MONOTONIC now, in nanoseconds. [any-thread]
static inline int64_t ambit_linux_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/// Unix epoch now, in nanoseconds, for stamps. [any-thread]
static inline int64_t ambit_linux_epoch_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/// CPU time that the calling thread has used, in nanoseconds. [any-thread]
static inline int64_t ambit_linux_thread_cpu(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/// Fills the buffer from the kernel's generator; blocks only before the generator is seeded at boot. 0 or -errno.
/// [any-thread]
int ambit_linux_random(void *buffer, size_t size);

/// prctl: all 0 or -errno. no_new_privs can't be taken back. The name is cut to 15 bytes. [any-thread]
int ambit_linux_no_new_privileges(void);
int ambit_linux_child_subreaper(int on);
int ambit_linux_set_thread_name(const char *name);
/// close_range: closes, or with `only_mark` marks CLOEXEC, every descriptor from `first` to `last` (-1: all).
/// 0 or -errno. [any-thread; the caller knows that nobody uses them]
int ambit_linux_close_range(int first, int last, int only_mark);
/// Raises the soft limit of open descriptors to the hard one, at most `wanted`. New soft limit or -errno.
/// [main thread, at start]
int64_t ambit_linux_raise_descriptor_limit(int64_t wanted);
/// What the soft limit was before it was raised, where it is higher now, and the hard one; 1: `soft` and `hard` were set.
/// [any-thread]
int ambit_linux_unraised_descriptor_limit(uint64_t *soft, uint64_t *hard);
/// The soft limit of open descriptors, or -errno. [any-thread]
int64_t ambit_linux_descriptor_limit(void);
/// The number that the next descriptor would get, or -errno (EMFILE: none is left). Opens and closes one. [any-thread]
int ambit_linux_next_descriptor(void);

/// A running thread, to be joined or detached exactly once.
typedef uint64_t ambit_linux_thread;
/// Starts a thread named `name` (15 bytes) that runs `body(context)` with every asynchronous signal blocked, so that
/// signals reach the signalfd only. `stack_size` 0 means the default; it is rounded up to pages and to the minimum.
/// 0 or -errno (EAGAIN: too many threads), and then `body` never runs. `context` stays the caller's. [any-thread]
int ambit_linux_thread_start(
    const char *name, size_t stack_size, void (*body)(void *context), void *context, ambit_linux_thread *out);
/// Waits for its end. 0 or -errno (EDEADLK for itself). [any other thread]
int ambit_linux_thread_join(ambit_linux_thread thread);
/// Gives up the right to join. 0 or -errno. [any-thread]
int ambit_linux_thread_detach(ambit_linux_thread thread);
/// Kernel id of the calling thread, as in /proc/self/task. [any-thread]
int32_t ambit_linux_thread_id(void);

/// Loads a shared library with RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE: a Swift image must never be unmapped, as the
/// runtime keeps pointers into it. Handle, or null with the loader's text in `error` (cut to fit, always ended by 0).
/// Runs the library's initializers. [any-thread, blocks]
void *ambit_linux_library_open(const char *path, char *error, size_t capacity);
/// Address of an exported symbol, or null with text. [any-thread]
void *ambit_linux_library_symbol(void *library, const char *name, char *error, size_t capacity);

/// The beginning of the kernel's struct tcp_info (TCP_INFO), up to the bytes that the peer has acknowledged; 0 before Linux 4.1.
typedef struct ambit_linux_tcp_progress {
    uint8_t before[120];
    uint64_t bytes_acked;
} ambit_linux_tcp_progress;

/// Gives free memory of the heap back to the system; takes milliseconds. Does nothing where the C library can't. [any-thread]
void ambit_linux_trim_heap(void);

/// Text for an errno (or a -errno), thread-safe. Writes to `buffer` and returns it. [any-thread]
const char *ambit_linux_error_text(int error, char *buffer, size_t capacity);

#endif
