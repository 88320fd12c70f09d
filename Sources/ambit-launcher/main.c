// ambit-launcher: owns one process tree and outlives all of it. README.md is the specification.
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/// What is being done to the tree. It only ever moves to the right.
enum phase { running, terminating, killing };

static struct {
    enum phase phase;
    int64_t deadline;  // of `terminating`
    bool swept;        // `killing` has begun: every process had its SIGKILL at least once
    int control;       // -1 once the host has closed it
    int report;        // -1 once the start has been reported
    pid_t leader;
    // ENDED was sent. The zombie is kept until it is the last one or the tree was killed: so long its number, and that
    // of its process group, can't become another's.
    bool leader_ended;
    bool leader_reaped;
    bool refused;        // nothing was started
    int64_t leftover_grace;
    struct program program;
} state = {.control = AMBIT_LAUNCHER_CONTROL_FD, .report = -1};

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void send_event(uint32_t kind, uint32_t detail, int code, pid_t pid, const char *text) {
    struct ambit_launcher_event event = {.kind = kind, .detail = detail, .code = code, .pid = pid};
    if (text) strncpy(event.text, text, sizeof event.text - 1);
    // Three small messages at most: the buffer never fills. A host that is gone needs none.
    if (state.control >= 0) send(state.control, &event, sizeof event, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void send_failure(struct failure failure) {
    char text[sizeof((struct ambit_launcher_event *)0)->text] = "";
    const char *subject = failure.stage == AMBIT_LAUNCHER_STAGE_CWD    ? state.program.cwd
                          : failure.stage == AMBIT_LAUNCHER_STAGE_EXEC ? state.program.path
                                                                       : NULL;
    const char *reason = strerrordesc_np(failure.error);
    if (subject) {
        // The end of a long path says more than its beginning.
        size_t size = strlen(subject), room = 150;
        strcpy(text, size > room ? "…" : "");
        strcat(text, size > room ? subject + size - room : subject);
        strcat(text, ": ");
    }
    strncat(text, reason ? reason : "unknown error", sizeof text - 1 - strlen(text));
    send_event(AMBIT_LAUNCHER_FAILED, failure.stage, failure.error, 0, text);
    state.refused = true;
}

/// Reads the report pipe: empty and ended means that exec worked.
static void settle_start(void) {
    if (state.report < 0) return;
    struct failure failure;
    ssize_t size = read(state.report, &failure, sizeof failure);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    close(state.report);
    state.report = -1;
    if (size == (ssize_t)sizeof failure) send_failure(failure);
    else send_event(AMBIT_LAUNCHER_STARTED, 0, 0, state.leader, NULL);
}

static void terminate(int64_t grace) {
    if (grace < 0) grace = 0;
    int64_t deadline = now() + grace;
    if (state.phase == running) {
        state.phase = terminating;
        state.deadline = deadline;
        if (grace > 0) {
            static const int signals[] = {SIGTERM, SIGCONT};  // a stopped process can't hear SIGTERM
            tree_signal(signals, 2);
        }
    } else if (state.phase == terminating && deadline < state.deadline) {
        state.deadline = deadline;
    }
}

static void obey(const struct ambit_launcher_command *command) {
    bool valid = command->signal > 0 && command->signal < 65;
    switch (command->kind) {
    case AMBIT_LAUNCHER_SIGNAL_TREE:
        if (valid) tree_signal(&command->signal, 1);
        break;
    case AMBIT_LAUNCHER_SIGNAL_LEADER:
        if (valid && !state.leader_reaped) kill(state.leader, command->signal);
        break;
    case AMBIT_LAUNCHER_TERMINATE: terminate(command->grace_ns); break;
    case AMBIT_LAUNCHER_KILL: state.phase = killing; break;
    default: break;  // from a newer host: the version check makes it impossible
    }
}

static void read_commands(void) {
    struct ambit_launcher_command command;
    while (state.control >= 0) {
        ssize_t size = recv(state.control, &command, sizeof command, MSG_DONTWAIT);
        if (size == (ssize_t)sizeof command) {
            obey(&command);
        } else if (size > 0) {
            continue;
        } else if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        } else {
            close(state.control);
            state.control = -1;
#ifdef AMBIT_FAULTS
            if (state.program.head.flags & AMBIT_LAUNCH_FAULT_ORPHANS) return;
#endif
            state.phase = killing;
        }
    }
}

static void note_end(const siginfo_t *info) {
    if (state.leader_ended) return;
    state.leader_ended = true;
    settle_start();  // its end of the report pipe is closed: STARTED or FAILED goes first
    if (state.refused) return;
    uint32_t kind = info->si_code == CLD_EXITED ? 1 : info->si_code == CLD_DUMPED ? 3 : 2;  // AMBIT_LINUX_EXITED …
    send_event(AMBIT_LAUNCHER_ENDED, kind, info->si_status, state.leader, NULL);
}

/// Reaps this child if it has ended; false when it still runs.
static bool reap_child(pid_t pid) {
    siginfo_t info = {.si_pid = 0};
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | __WALL) == 0 && info.si_pid == 0) return false;
    tree_reaped(pid);
    if (pid == state.leader) state.leader_reaped = true;
    return true;
}

/// Reaps whatever has ended; true when no child is left, and with it no descendant.
static bool reap(void) {
    static pid_t children[1 << 16];
    for (;;) {
        siginfo_t info = {.si_pid = 0};
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) < 0) {
            if (errno == ECHILD) return true;
            continue;  // EINTR
        }
        if (info.si_pid == 0) return false;
        if (info.si_pid == state.leader && !state.leader_reaped) {
            note_end(&info);
            if (!state.swept) break;
        }
        reap_child(info.si_pid);
    }
    // The leader's zombie is what P_ALL finds first from now on, so the others are asked by number.
    size_t count = tree_children(children, sizeof children / sizeof *children);
    bool alone = true;
    for (size_t i = 0; i < count; i++)
        if (children[i] != state.leader && !reap_child(children[i])) alone = false;
    // The list may have missed a newcomer, so emptiness is always the kernel's word, not ours.
    return alone && reap_child(state.leader) && reap();
}

static void serve(int signals) {
    for (;;) {
        struct pollfd wait[3] = {
            {.fd = signals, .events = POLLIN},
            {.fd = state.control, .events = POLLIN},
            {.fd = state.report, .events = POLLIN},
        };
        struct timespec timeout, *limit = NULL;
        if (state.phase == terminating) {
            int64_t left = state.deadline - now();
            if (left < 0) left = 0;
            timeout = (struct timespec){left / 1000000000, left % 1000000000};
            limit = &timeout;
        }
        ppoll(wait, 3, limit, NULL);

        struct signalfd_siginfo info[16];
        bool ended = false;
        while (read(signals, info, sizeof info) > 0) ended = true;
        settle_start();
        read_commands();
        if (state.phase == terminating && now() >= state.deadline) state.phase = killing;
        if (reap()) return;
        if (state.leader_ended && state.phase == running) terminate(state.leftover_grace);
        if (state.phase == terminating && now() >= state.deadline) state.phase = killing;
        // Every death can hand us orphans that were forked while the last sweep went by, and every one of them is
        // announced by a SIGCHLD that comes after it: so a sweep per wake-up is enough, and none without one.
        if (state.phase == killing && (ended || !state.swept)) {
            tree_kill();
            state.swept = true;
        }
    }
}

int main(void) {
    int type;
    socklen_t size = sizeof type;
    if (getsockopt(AMBIT_LAUNCHER_CONTROL_FD, SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type != SOCK_SEQPACKET)
        return AMBIT_LAUNCHER_EXIT_MISUSE;
    fcntl(AMBIT_LAUNCHER_CONTROL_FD, F_SETFD, FD_CLOEXEC);

    // Only the control socket and the tree's end may end us: everything that can be blocked is.
    sigset_t all, child;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigaction(SIGCHLD, &standard, NULL);  // ignored, it would reap by itself
    if (setsid() < 0) setpgid(0, 0);

    struct failure failure = program_read(&state.program);
    if (failure.error) {
        send_failure(failure);
        return AMBIT_LAUNCHER_EXIT_EMPTY;
    }
    state.leftover_grace = state.program.head.leftover_grace_ns;
    unsigned first_unused = AMBIT_LAUNCHER_PASSED_FD + state.program.head.passed_count;
    syscall(SYS_close_range, first_unused, ~0u, 0);

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) {
        send_failure((struct failure){AMBIT_LAUNCHER_STAGE_SETUP, errno});
        return AMBIT_LAUNCHER_EXIT_EMPTY;
    }
    if (!tree_open(state.program.head.flags & AMBIT_LAUNCH_SCAN_PROC)) {
        send_failure((struct failure){AMBIT_LAUNCHER_STAGE_SETUP, ENOSYS});
        return AMBIT_LAUNCHER_EXIT_EMPTY;
    }
    failure = program_start(&state.program, &state.leader, &state.report);
    if (failure.error) {
        send_failure(failure);
        return AMBIT_LAUNCHER_EXIT_EMPTY;
    }
    serve(signals);
    return AMBIT_LAUNCHER_EXIT_EMPTY;
}
