// Reading the request and starting the program.
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static struct failure refuse(int error) { return (struct failure){AMBIT_LAUNCHER_STAGE_REQUEST, error}; }

/// Takes one string of the request; null when it isn't ended before `end`.
static char *take(char **at, char *end) {
    char *string = *at;
    char *zero = string < end ? memchr(string, 0, (size_t)(end - string)) : NULL;
    if (!zero) return NULL;
    *at = zero + 1;
    return string;
}

static char **take_list(char **at, char *end, uint32_t count) {
    char **list = calloc((size_t)count + 1, sizeof *list);
    for (uint32_t i = 0; list && i < count; i++)
        if (!(list[i] = take(at, end))) return NULL;
    return list;
}

struct failure program_read(struct program *program) {
    struct stat status;
    struct ambit_launcher_request *head = &program->head;
    if (fstat(AMBIT_LAUNCHER_REQUEST_FD, &status) < 0) return refuse(errno);
    if (status.st_size > (off_t)AMBIT_LAUNCHER_MAX_REQUEST) return refuse(E2BIG);
    if (status.st_size < (off_t)sizeof *head) return refuse(EPROTO);
    size_t size = (size_t)status.st_size;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, AMBIT_LAUNCHER_REQUEST_FD, 0);
    if (memory == MAP_FAILED) return refuse(errno);
    close(AMBIT_LAUNCHER_REQUEST_FD);

    char *at = memory, *end = memory + size;
    memcpy(head, at, sizeof *head);
    at += sizeof *head;
    if (head->magic != AMBIT_LAUNCHER_MAGIC || head->version != AMBIT_LAUNCHER_VERSION) return refuse(EPROTONOSUPPORT);
    if (head->total_size != size || head->argument_count == 0 || head->argument_count > size
        || head->environment_count > size || head->rlimit_count > AMBIT_LAUNCHER_MAX_RLIMITS
        || head->passed_count > AMBIT_LAUNCHER_MAX_PASSED
        || (size_t)(end - at) < head->rlimit_count * sizeof(struct ambit_launcher_rlimit)
        || (head->flags & AMBIT_LAUNCH_TERMINAL && !(head->flags & AMBIT_LAUNCH_SESSION)))
        return refuse(EPROTO);
    program->rlimits = (const struct ambit_launcher_rlimit *)(void *)at;
    at += head->rlimit_count * sizeof(struct ambit_launcher_rlimit);
    program->path = take(&at, end);
    program->cwd = program->path ? take(&at, end) : NULL;
    program->arguments = program->cwd ? take_list(&at, end, head->argument_count) : NULL;
    program->environment = program->arguments ? take_list(&at, end, head->environment_count) : NULL;
    if (!program->environment || at != end || !*program->path) return refuse(EPROTO);
    return (struct failure){0, 0};
}

/// execve, looked up in PATH of the program's own environment where that is asked for. Returns only on failure.
static void execute(const struct program *program) {
    const char *name = program->path;
    if (!(program->head.flags & AMBIT_LAUNCH_SEARCH_PATH) || strchr(name, '/')) {
        execve(name, program->arguments, program->environment);
        return;
    }
    const char *folders = "/usr/local/bin:/usr/bin:/bin";
    for (char **variable = program->environment; *variable; variable++)
        if (strncmp(*variable, "PATH=", 5) == 0) folders = *variable + 5;
    char candidate[4096];
    size_t name_size = strlen(name) + 1;
    int error = ENOENT;
    for (;;) {
        size_t size = strcspn(folders, ":");
        if (size + 1 + name_size <= sizeof candidate) {
            memcpy(candidate, folders, size);
            size_t slash = size > 0;  // an empty entry means the current folder
            if (slash) candidate[size] = '/';
            memcpy(candidate + size + slash, name, name_size);
            execve(candidate, program->arguments, program->environment);
            // Go on where this folder merely doesn't have it; a file that may not be run is worth telling.
            if (errno == EACCES) error = EACCES;
            else if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP && errno != ENAMETOOLONG) return;
        }
        if (folders[size] == 0) break;
        folders += size + 1;
    }
    errno = error;
}

/// Everything of the child between fork and exec; returns the stage that failed, with errno.
static uint32_t become(const struct program *program, pid_t launcher, int *report) {
    const struct ambit_launcher_request *head = &program->head;
    // A second line only: the tree is ended by the launcher. Where somebody kills the launcher itself (the kernel out
    // of memory, say), at least the program goes with it. The launcher has one thread, so this is reliable here.
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != launcher) _exit(127);

    // Never in the launcher's own process group: `kill -9 0` in the program must not hit the launcher.
    if ((head->flags & AMBIT_LAUNCH_SESSION ? setsid() : setpgid(0, 0)) < 0) return AMBIT_LAUNCHER_STAGE_SESSION;
    if (head->flags & AMBIT_LAUNCH_TERMINAL && ioctl(0, TIOCSCTTY, 0) < 0) return AMBIT_LAUNCHER_STAGE_TERMINAL;
    if (*program->cwd && chdir(program->cwd) < 0) return AMBIT_LAUNCHER_STAGE_CWD;

    // The report pipe moves out of the way of the descriptors that the program gets as 3, 4, …
    int first_unused = 3 + (int)head->passed_count;
    int moved = fcntl(*report, F_DUPFD_CLOEXEC, AMBIT_LAUNCHER_PASSED_FD + (int)head->passed_count);
    if (moved < 0) return AMBIT_LAUNCHER_STAGE_DESCRIPTORS;
    *report = moved;
    for (int i = 0; i < (int)head->passed_count; i++)
        if (dup2(AMBIT_LAUNCHER_PASSED_FD + i, 3 + i) < 0) return AMBIT_LAUNCHER_STAGE_DESCRIPTORS;
    if (moved > first_unused) syscall(SYS_close_range, first_unused, moved - 1, 0);
    syscall(SYS_close_range, moved + 1, ~0u, 0);

    for (uint32_t i = 0; i < head->rlimit_count; i++) {
        struct rlimit limit = {program->rlimits[i].soft, program->rlimits[i].hard};
        if (setrlimit((__rlimit_resource_t)program->rlimits[i].resource, &limit) < 0)
            return AMBIT_LAUNCHER_STAGE_RLIMIT;
    }
    if (head->flags & AMBIT_LAUNCH_NO_NEW_PRIVILEGES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return AMBIT_LAUNCHER_STAGE_PRIVILEGES;

    // By system call, as the C library keeps 32 and 33 to itself, and somebody above us may have ignored them. All
    // zero is SIG_DFL, no flags, empty mask.
    static const uint64_t standard[8];
    for (int number = 1; number < 65; number++) syscall(SYS_rt_sigaction, number, standard, NULL, 8);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execute(program);
    return AMBIT_LAUNCHER_STAGE_EXEC;
}

struct failure program_start(const struct program *program, pid_t *leader, int *report) {
    int pair[2];
    if (pipe2(pair, O_CLOEXEC | O_NONBLOCK) < 0) return (struct failure){AMBIT_LAUNCHER_STAGE_SETUP, errno};
    int null = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (null < 0) return (struct failure){AMBIT_LAUNCHER_STAGE_SETUP, errno};
    pid_t launcher = getpid();
    pid_t pid = fork();
    if (pid < 0) return (struct failure){AMBIT_LAUNCHER_STAGE_SETUP, errno};
    if (pid == 0) {
        struct failure failure;
        failure.stage = become(program, launcher, &pair[1]);
        failure.error = errno;
        ssize_t ignored = write(pair[1], &failure, sizeof failure);
        (void)ignored;
        _exit(127);
    }
    close(pair[1]);
    // From here on the ends of the program's pipes are the tree's alone: their EOF means that the tree closed them.
    for (int fd = 0; fd < 3; fd++) dup2(null, fd);
    close(null);
    for (uint32_t i = 0; i < program->head.passed_count; i++) close(AMBIT_LAUNCHER_PASSED_FD + (int)i);
    *leader = pid;
    *report = pair[0];
    return (struct failure){0, 0};
}
