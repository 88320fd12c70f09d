"""ambit-launcher from outside. Run: pytest Tests/LauncherTests (AMBIT_LAUNCHER names the binary, else the newest build)."""

import errno
import os
import pty
import resource
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time

import pytest

from launcher_client import *


def sh(script, **options):
    return Launched(["/bin/sh", "-c", script], **options)


def python(program, **options):
    return Launched([sys.executable, "-S", "-c", textwrap.dedent(program)], **options)


@pytest.fixture
def pipe():
    read, write = os.pipe2(os.O_CLOEXEC)
    yield read, write
    for fd in (read, write):
        try:
            os.close(fd)
        except OSError:
            pass


def assert_ends(tree, status=0, seconds=10):
    assert tree.wait(seconds) == status
    assert tree.survivors() == []


def capture(make, pipe):
    """Starts with stdout on the pipe; returns the tree, with the write end left to it alone."""
    tree = make(pipe[1])
    os.close(pipe[1])
    return tree


# Ends and failures


@pytest.mark.parametrize("code", [0, 1, 7, 255])
def test_exit_code_is_reported_once(code):
    tree = sh(f"exit {code}")
    pid = tree.started()
    event = tree.event()
    assert (event.kind, event.detail, event.code, event.pid) == (ENDED, EXITED, code, pid)
    assert tree.event() is None
    assert_ends(tree)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1])
def test_signal_exit_is_reported(number):
    tree = sh(f"kill -{int(number)} $$; sleep 5")
    tree.started()
    event = tree.event()
    assert (event.kind, event.detail, event.code) == (ENDED, SIGNALED, number)
    assert_ends(tree)


def test_core_dump_limit_is_applied_and_abort_reported():
    tree = sh("kill -ABRT $$", rlimits=[(resource.RLIMIT_CORE, 0, 0)])
    tree.started()
    event = tree.event()
    assert (event.kind, event.detail, event.code) == (ENDED, SIGNALED, signal.SIGABRT)
    assert_ends(tree)


def refused(tree, stage, error):
    event = tree.event()
    assert (event.kind, event.detail, event.code) == (FAILED, stage, error), event
    assert tree.event() is None
    assert_ends(tree)
    return event.text


def test_missing_program_is_refused_by_name():
    text = refused(Launched(["/nonexistent/program"]), STAGE_EXEC, errno.ENOENT)
    assert text == "/nonexistent/program: No such file or directory"


def test_program_without_execute_permission_is_refused(tmp_path):
    path = tmp_path / "plain"
    path.write_text("#!/bin/sh\n")
    refused(Launched([str(path)]), STAGE_EXEC, errno.EACCES)


def test_program_is_searched_in_its_own_path(tmp_path):
    script = tmp_path / "unlikely-name"
    script.write_text("#!/bin/sh\nexit 9\n")
    script.chmod(0o755)
    tree = Launched(["unlikely-name"], flags=SESSION | SEARCH_PATH, env={"PATH": f"/nonexistent:{tmp_path}:/bin"})
    tree.started()
    assert tree.event().code == 9
    assert_ends(tree)
    refused(Launched(["unlikely-name"], flags=SESSION | SEARCH_PATH), STAGE_EXEC, errno.ENOENT)


def test_bad_working_directory_is_a_stage_of_its_own():
    text = refused(Launched(["/bin/true"], cwd="/nonexistent"), STAGE_CWD, errno.ENOENT)
    assert text == "/nonexistent: No such file or directory"


def test_bad_limit_is_refused():
    refused(Launched(["/bin/true"], rlimits=[(999, 1, 1)]), STAGE_RLIMIT, errno.EINVAL)


def test_terminal_needs_a_terminal():
    refused(Launched(["/bin/true"], flags=SESSION | TERMINAL), STAGE_TERMINAL, errno.ENOTTY)


def test_too_large_request_is_refused():
    refused(Launched(["/bin/echo", "x" * (2 << 20)]), STAGE_REQUEST, errno.E2BIG)


def test_two_megabytes_of_arguments_are_refused_by_the_kernel():
    # Below our limit, above the kernel's 128 KiB for one argument.
    refused(Launched(["/bin/echo", "x" * ((2 << 20) - 4096)]), STAGE_EXEC, errno.E2BIG)


@pytest.mark.parametrize("damage", ["empty", "short", "magic", "version", "size", "count", "unended", "trailing",
                                    "limits", "no_arguments", "passed"])
def test_malformed_request_is_refused(damage):
    good = bytearray(request(["/bin/true"]))
    put = lambda at, value: good.__setitem__(slice(at, at + 4), value.to_bytes(4, "little"))
    if damage == "empty": good = b""
    if damage == "short": good = good[:39]
    if damage == "magic": put(0, 1)
    if damage == "version": put(4, 99)
    if damage == "size": put(8, len(good) + 1)
    if damage == "count": put(28, 0xFFFFFFFF)
    if damage == "unended": good[-1] = 65
    if damage == "trailing": good += b"x\0"; put(8, len(good))
    if damage == "limits": put(24, 30)
    if damage == "no_arguments": put(28, 0)
    if damage == "passed": put(36, 1000)
    tree = Launched(None, raw_request=bytes(good))
    event = tree.event()
    assert (event.kind, event.detail) == (FAILED, STAGE_REQUEST)
    assert_ends(tree)


def test_without_a_control_socket_it_is_misuse():
    assert subprocess.run([binary()], stdin=subprocess.DEVNULL, timeout=5).returncode == 64


def test_binary_is_static_and_small():
    with open(binary(), "rb") as file:
        content = file.read()
    offset, = struct.unpack_from("<Q", content, 32)
    size, count = struct.unpack_from("<HH", content, 54)
    kinds = [struct.unpack_from("<I", content, offset + i * size)[0] for i in range(count)]
    assert 3 not in kinds, "PT_INTERP: it needs a dynamic loader"
    assert b"swift_retain" not in content
    assert len(content) < 1 << 20


# What the program gets


def test_standard_streams_are_the_programs(pipe):
    out, out_end = pipe
    err, err_end = os.pipe2(os.O_CLOEXEC)
    inside, feed = os.pipe2(os.O_CLOEXEC)
    tree = sh("cat; echo err >&2", stdin=inside, stdout=out_end, stderr=err_end)
    for fd in (inside, out_end, err_end):
        os.close(fd)
    tree.started()
    os.write(feed, b"hello")
    os.close(feed)
    assert read_all(out) == b"hello"
    assert read_all(err) == b"err\n"
    assert_ends(tree)


def test_program_inherits_only_its_streams(pipe):
    tree = capture(lambda out: python("import os; print(sorted(map(int, os.listdir('/proc/self/fd')))[:-1])", stdout=out), pipe)
    assert read_all(pipe[0]) == b"[0, 1, 2]\n"
    assert_ends(tree)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_passed_descriptors_follow_in_order(pipe, count):
    read, write = os.pipe2(os.O_CLOEXEC)
    ends = [os.dup(write) for _ in range(count)]
    os.close(write)
    program = "import os; print(sorted(map(int, os.listdir('/proc/self/fd')))[:-1])\nfor fd in range(3, %d): os.write(fd, b'%%d' %% fd)"
    tree = capture(lambda out: python(program % (3 + count), stdout=out, passed=ends), pipe)
    for fd in ends:
        os.close(fd)
    assert read_all(pipe[0]) == f"{list(range(3 + count))}\n".encode()
    assert read_all(read) == b"".join(b"%d" % fd for fd in range(3, 3 + count))
    assert_ends(tree)


def test_signals_are_as_after_login(pipe):
    tree = capture(lambda out: sh("grep -E '^Sig(Blk|Ign)' /proc/self/status", stdout=out), pipe)
    assert [line.split()[1] for line in read_all(pipe[0]).decode().splitlines()] == ["0" * 16] * 2
    assert_ends(tree)


def test_session_group_and_parent(pipe):
    report = "import os; print(os.getpid() == os.getsid(0) == os.getpgrp(), os.getsid(0) == os.getsid(os.getppid()), os.getppid())"
    tree = capture(lambda out: python(report, stdout=out), pipe)
    assert read_all(pipe[0]) == f"True False {tree.pid}\n".encode()
    assert_ends(tree)


def test_without_session_it_still_leads_its_own_group(pipe):
    report = "import os; print(os.getpgrp() == os.getpid(), os.getpgrp() == os.getpgid(os.getppid()))"
    tree = capture(lambda out: python(report, stdout=out, flags=0), pipe)
    assert read_all(pipe[0]) == b"True False\n"
    assert_ends(tree)


def test_controlling_terminal():
    master, slave = pty.openpty()
    tree = sh("echo ok > /dev/tty; tty", stdin=slave, stdout=slave, stderr=slave, flags=SESSION | TERMINAL)
    name = os.ttyname(slave)
    os.close(slave)
    tree.started()
    assert read_line(master) == "ok"
    assert read_line(master) == name
    assert_ends(tree)
    os.close(master)


def test_no_new_privileges_limits_cwd_and_environment(pipe, tmp_path):
    script = "grep NoNewPrivs /proc/self/status; ulimit -n; pwd; echo $GREETING"
    tree = capture(lambda out: sh(script, stdout=out, cwd=str(tmp_path), env={"GREETING": "a=b c"},
                                  flags=SESSION | NO_NEW_PRIVILEGES,
                                  rlimits=[(resource.RLIMIT_NOFILE, 123, 456)]), pipe)
    assert read_all(pipe[0]).decode().split("\n") == ["NoNewPrivs:\t1", "123", str(tmp_path), "a=b c", ""]
    assert_ends(tree)


# Ends of pipes


def test_pipes_end_with_the_program_not_with_the_launcher(pipe):
    # The launcher stays for the grandchild, which holds no pipe: so the launcher itself must not hold one either.
    tree = capture(lambda out: sh("trap '' TERM; sleep 5 >/dev/null 2>&1 & echo done", stdout=out,
                                  leftover_grace=5 * SECOND), pipe)
    begin = time.monotonic()
    assert read_all(pipe[0]) == b"done\n"
    assert time.monotonic() - begin < 2
    tree.close()
    assert_ends(tree)


def test_pipes_held_by_a_grandchild_end_after_the_grace(pipe):
    tree = capture(lambda out: sh("(trap '' TERM; sleep 60; sleep 60) & echo done", stdout=out,
                                  leftover_grace=SECOND // 5), pipe)
    tree.started()
    assert tree.event().code == 0, "the end of the program is told at once, not when its pipes end"
    assert read_all(pipe[0], 5) == b"done\n"
    assert_ends(tree)


# The end of the tree

STUBBORN = """
    import os, signal, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    def daemon():
        if os.fork(): return
        os.setsid()
        if os.fork(): os._exit(0)
        os.write(1, b"ready\\n")
        time.sleep(60)
        os._exit(0)
    for _ in range(4): daemon()
    %s
"""


def stubborn(then, pipe, **options):
    tree = capture(lambda out: python(STUBBORN % then, stdout=out, **options), pipe)
    tree.started()
    for _ in range(4):
        assert read_line(pipe[0]) == "ready"
    return tree


@pytest.mark.parametrize("flags", [SESSION, SESSION | SCAN_PROC])
def test_daemons_are_gone_after_eof(pipe, flags, record_property):
    tree = stubborn("time.sleep(60)", pipe, flags=flags)
    assert len(tree.survivors()) == 5
    begin = time.monotonic()
    tree.close()
    assert_ends(tree)
    taken = (time.monotonic() - begin) * 1000
    record_property("milliseconds", taken)
    print(f"{taken:.1f} ms")
    assert taken < 500


@pytest.mark.parametrize("flags", [SESSION, SESSION | SCAN_PROC])
def test_leader_exits_while_descendants_ignore_term(pipe, flags):
    tree = stubborn("os._exit(3)", pipe, leftover_grace=SECOND // 5, flags=flags)
    begin = time.monotonic()
    assert tree.event().code == 3
    assert_ends(tree)
    assert 0.1 < time.monotonic() - begin < 2, "the grace is given, and then it is over"


def test_no_grace_kills_what_is_left_at_once(pipe):
    inside, feed = os.pipe2(os.O_CLOEXEC)
    tree = stubborn("os.read(0, 1); os._exit(0)", pipe, stdin=inside, leftover_grace=0)
    begin = time.monotonic()
    os.close(inside)
    os.close(feed)
    assert_ends(tree)
    assert time.monotonic() - begin < 0.5


def test_polite_leftovers_get_term_and_need_no_kill(pipe):
    program = "(trap 'echo polite; exit 0' TERM; echo ready; while :; do sleep 0.05; done) & read line; exit 0"
    inside, feed = os.pipe2(os.O_CLOEXEC)
    tree = capture(lambda out: sh(program, stdin=inside, stdout=out, leftover_grace=5 * SECOND), pipe)
    os.close(inside)
    assert read_line(pipe[0]) == "ready"
    begin = time.monotonic()
    os.close(feed)
    assert read_line(pipe[0]) == "polite"
    assert_ends(tree)
    assert time.monotonic() - begin < 2, "ends with the tree, not with the grace"


def test_terminate_reaches_every_session(pipe):
    program = """
        import os, signal, time
        def polite(name):
            def handler(*_):
                os.write(1, name + b"\\n")
                os._exit(0)
            signal.signal(signal.SIGTERM, handler)
            os.write(1, b"ready\\n")
            while True: time.sleep(60)
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0: polite(b"deep")
            if os.fork() == 0:
                os.setsid()
                polite(b"deeper")
            polite(b"middle")
        polite(b"leader")
    """
    tree = capture(lambda out: python(program, stdout=out), pipe)
    for _ in range(4):
        assert read_line(pipe[0]) == "ready"
    tree.send(TERMINATE, grace=8 * SECOND)
    assert sorted(read_all(pipe[0]).split()) == [b"deep", b"deeper", b"leader", b"middle"]
    assert_ends(tree)


def test_terminate_wakes_the_stopped(pipe):
    tree = capture(lambda out: sh("trap 'echo bye; exit 0' TERM; echo ready; kill -STOP $$; sleep 60", stdout=out), pipe)
    leader = tree.started()
    assert read_line(pipe[0]) == "ready"
    end = time.monotonic() + 5
    while state_of(leader) != "T":
        assert time.monotonic() < end
        time.sleep(0.005)
    tree.send(TERMINATE, grace=8 * SECOND)
    assert read_all(pipe[0], 5) == b"bye\n"
    assert_ends(tree)


def test_term_ladder_waits_for_the_grace_then_kills(pipe):
    tree = stubborn("time.sleep(60)", pipe)
    begin = time.monotonic()
    tree.send(TERMINATE, grace=SECOND // 2)
    assert tree.wait(0.3) is None, "nobody is killed before the grace is over"
    assert len(tree.survivors()) == 5
    assert_ends(tree)
    assert 0.45 < time.monotonic() - begin < 2


def test_second_terminate_only_shortens(pipe):
    tree = stubborn("time.sleep(60)", pipe)
    begin = time.monotonic()
    tree.send(TERMINATE, grace=SECOND // 2)
    tree.send(TERMINATE, grace=60 * SECOND)
    assert_ends(tree, seconds=5)
    assert time.monotonic() - begin < 3
    second = sh("trap '' TERM; while :; do sleep 1; done")
    second.started()
    second.send(TERMINATE, grace=60 * SECOND)
    second.send(TERMINATE, grace=0)
    assert_ends(second, seconds=5)


def test_kill_command_reports_the_end(pipe):
    tree = stubborn("time.sleep(60)", pipe)
    tree.send(KILL)
    event = tree.event()
    assert (event.kind, event.detail, event.code) == (ENDED, SIGNALED, signal.SIGKILL)
    assert_ends(tree)


def test_signal_for_the_leader_only(pipe):
    program = "trap 'echo leader' USR1; (trap 'echo child' USR1; echo ready; while :; do sleep 0.05; done) & echo ready; while :; do sleep 0.05; done"
    tree = capture(lambda out: sh(program, stdout=out), pipe)
    assert [read_line(pipe[0]) for _ in range(2)] == ["ready"] * 2
    tree.send(SIGNAL_LEADER, signal.SIGUSR1)
    assert read_line(pipe[0]) == "leader"
    tree.send(KILL)
    assert read_all(pipe[0]) == b""
    assert_ends(tree)


def test_signal_for_the_tree(pipe):
    child = "import os, signal, time; signal.signal(signal.SIGUSR1, lambda *_: os.write(1, b'got\\n'))\n"
    program = child + "if os.fork() == 0: os.setsid()\nos.write(1, b'ready\\n')\nwhile True: time.sleep(60)"
    tree = capture(lambda out: python(program, stdout=out), pipe)
    assert [read_line(pipe[0]) for _ in range(2)] == ["ready"] * 2
    tree.send(SIGNAL_TREE, signal.SIGUSR1)
    assert [read_line(pipe[0]) for _ in range(2)] == ["got"] * 2
    tree.send(SIGNAL_TREE, 0)
    tree.send(SIGNAL_TREE, 999)
    tree.send(KILL)
    assert_ends(tree)


def test_tree_cannot_kill_the_launcher_by_group_or_signal(pipe):
    script = "trap '' TERM INT HUP; kill -TERM 0; kill -TERM $PPID; kill -INT $PPID; kill -HUP $PPID; kill -USR1 $PPID; kill -ALRM $PPID; echo alive; sleep 60"
    tree = capture(lambda out: sh(script, stdout=out), pipe)
    assert read_line(pipe[0]) == "alive"
    assert tree.wait(0.1) is None
    tree.close()
    assert_ends(tree)
    for flags in (0, SESSION):
        tree = sh("kill -KILL 0; sleep 60", flags=flags)
        tree.started()
        assert tree.event().code == signal.SIGKILL
        assert_ends(tree)


def test_orphans_are_reaped_while_the_program_runs(pipe):
    program = """
        import os, time
        for _ in range(100):
            if os.fork() == 0:
                if os.fork() == 0: os._exit(0)
                os._exit(0)
            os.wait()
        os.write(1, b"done\\n")
        time.sleep(60)
    """
    tree = capture(lambda out: python(program, stdout=out), pipe)
    leader = tree.started()
    assert read_line(pipe[0]) == "done"
    end = time.monotonic() + 5
    while children_of(tree.pid) != [leader]:
        assert time.monotonic() < end, f"zombies: {children_of(tree.pid)}"
        time.sleep(0.01)
    tree.close()
    assert_ends(tree)


def test_events_survive_unread_commands():
    tree = sh("exit 5")
    tree.started()
    for _ in range(50):
        try:
            tree.send(SIGNAL_TREE, signal.SIGURG)
        except OSError:
            break
    assert tree.wait() == 0
    while True:
        try:
            event = tree.event()
            break
        except ConnectionResetError:
            continue  # reported once, ahead of the queue
    assert (event.kind, event.code) == (ENDED, 5)


def test_idle_launcher_uses_no_cpu_and_little_memory():
    tree = sh("sleep 60")
    tree.started()
    def switches():
        with open(f"/proc/{tree.pid}/status") as file:
            status = dict(line.split(":", 1) for line in file)
        return int(status["voluntary_ctxt_switches"]), int(status["VmRSS"].split()[0])
    before, _ = switches()
    time.sleep(0.5)  # the span that is measured, not a synchronisation
    after, resident = switches()
    assert after - before <= 1, "it blocks; it doesn't poll"
    assert resident < 2048, f"{resident} KiB"
    tree.close()
    assert_ends(tree)


# The end of the host, and many at once

HOST = """
import os, sys, time
sys.path.insert(0, {folder!r})
from launcher_client import *
tree = Launched([sys.executable, "-S", "-c", sys.stdin.read()], stdout=1)
print(tree.tag, tree.pid, flush=True)
time.sleep(60)
"""


def test_killed_host_leaves_nothing_within_a_second():
    program = textwrap.dedent(STUBBORN % "time.sleep(60)")
    host = subprocess.Popen([sys.executable, "-c", HOST.format(folder=os.path.dirname(__file__))],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    host.stdin.write(program.encode())
    host.stdin.close()
    lines = [host.stdout.readline().decode().split() for _ in range(5)]
    tag, pid = next(line for line in lines if len(line) == 2)
    assert len(tagged(tag)) == 5
    launcher = os.pidfd_open(int(pid))
    host.kill()
    begin = time.monotonic()
    host.wait(5)
    poll = select.poll()
    poll.register(launcher, select.POLLIN)
    assert poll.poll(1000), "the launcher still runs a second after its host was killed"
    assert tagged(tag) == []
    assert host.stdout.read() == b""
    assert time.monotonic() - begin < 1
    os.close(launcher)


MANY = """
import sys, time
sys.path.insert(0, {folder!r})
from launcher_client import Launched
script = "trap '' TERM; (setsid sleep 60 &); sleep 60"
trees = [Launched(["/bin/sh", "-c", script], env={{"AMBIT_TEST_FLOCK": sys.argv[1]}}) for _ in range(200)]
for tree in trees: tree.started()
print(*[tree.pid for tree in trees], flush=True)
time.sleep(60)
"""


def test_killed_host_of_two_hundred_trees_leaves_nothing_within_a_second():
    flock = os.urandom(16).hex()
    host = subprocess.Popen([sys.executable, "-c", MANY.format(folder=os.path.dirname(__file__)), flock], stdout=subprocess.PIPE)
    launchers = {os.pidfd_open(int(pid)) for pid in host.stdout.readline().split()}
    assert len(launchers) == 200
    assert len(tagged(flock, "AMBIT_TEST_FLOCK")) >= 400
    host.kill()
    begin = time.monotonic()
    poll = select.poll()
    for launcher in launchers:
        poll.register(launcher, select.POLLIN)
    waiting = set(launchers)
    while waiting:
        left = 1 - (time.monotonic() - begin)
        assert left > 0, f"{len(waiting)} launchers still run a second after their host was killed"
        for launcher, _ in poll.poll(left * 1000):
            poll.unregister(launcher)
            waiting.remove(launcher)
    assert tagged(flock, "AMBIT_TEST_FLOCK") == []
    host.wait(5)
    host.stdout.close()
    for launcher in launchers:
        os.close(launcher)


def test_killed_launcher_takes_the_program_along_and_is_told_apart():
    tree = sh("sleep 60")
    leader = os.pidfd_open(tree.started())
    signal.pidfd_send_signal(tree.pidfd, signal.SIGKILL)
    assert tree.wait() == -signal.SIGKILL, "anything but 0 tells the host that the tree may not be empty"
    poll = select.poll()
    poll.register(leader, select.POLLIN)
    assert poll.poll(1000)
    os.close(leader)
    assert tree.event() is None


def test_two_hundred_at_once_leave_no_zombie():
    before = len(os.listdir("/proc/self/fd"))
    mine = set(children_of(os.getpid()))
    trees = [sh(f"sleep 0.0{i % 10}; (sleep 30 &) ; exit {i}", leftover_grace=SECOND) for i in range(200)]
    for i, tree in enumerate(trees):
        tree.started()
        assert tree.event().code == i
        assert tree.event() is None
    for tree in trees:
        assert tree.wait() == 0
        tree.close()
    assert not trees[0].survivors() and not trees[-1].survivors()
    assert set(children_of(os.getpid())) == mine
    assert len(os.listdir("/proc/self/fd")) == before
    living = {pid for pid in map(int, filter(str.isdigit, os.listdir("/proc")))}
    assert not living & {tree.pid for tree in trees}


# Programs that fight

STORM = r"""
#define _GNU_SOURCE
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
// Every one ends by itself after 12 s, whatever the launcher does.
int main(int argc, char **argv) {
    char kind = argc > 1 ? argv[1][0] : 'b';
    int budget = argc > 2 ? atoi(argv[2]) : 1500;
    double end = now() + 12;
    atomic_int *forks = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    signal(SIGTERM, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    for (long step = 0; now() < end; step++) {
        if (kind == 'c' || kind == 'h') {          // comet: the parent is gone before anyone can look at it
            if (fork() > 0) _exit(0);
            if (kind == 'h') setsid();             // hidden: never twice in the same session
        } else {                                   // bomb: all fork, in one group or each in its own session
            if (atomic_fetch_add(forks, 1) < budget) {
                if (fork() == 0 && kind == 's') setsid();
            } else {
                usleep(1000);
            }
            if (kind == 's') usleep(200);
        }
        if (step == (kind == 's' ? 8 : 20) || (step == 2000 && kind == 'c')) { char c = '.'; if (write(1, &c, 1) < 0) _exit(1); }
    }
    return 0;
}
"""


@pytest.fixture(scope="module")
def storm(tmp_path_factory):
    compiler = shutil.which("clang") or shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler")
    folder = tmp_path_factory.mktemp("storm")
    (folder / "storm.c").write_text(STORM)
    subprocess.run([compiler, "-O1", "-w", "-o", str(folder / "storm"), str(folder / "storm.c")], check=True)
    return str(folder / "storm")


@pytest.mark.parametrize("kind", ["bomb", "comet", "hidden"])
@pytest.mark.parametrize("flags", [SESSION, SESSION | SCAN_PROC])
def test_fork_storm_converges(storm, pipe, kind, flags):
    tree = capture(lambda out: Launched([storm, kind], stdout=out, flags=flags, leftover_grace=10 * SECOND), pipe)
    tree.started()
    assert os.read(pipe[0], 1) == b"."
    begin = time.monotonic()
    tree.close()
    assert_ends(tree, seconds=9)
    print(f"{kind}: {(time.monotonic() - begin) * 1000:.1f} ms")


def may_hurry():
    """Whether the launcher may take real-time priority. Without, each session has as much of the CPU as the launcher."""
    process = subprocess.run([sys.executable, "-S", "-c", "import os; os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))"],
                             stderr=subprocess.DEVNULL)
    return process.returncode == 0


def test_bomb_in_many_sessions_converges(storm, pipe):
    tree = capture(lambda out: Launched([storm, "sessions", "6000" if may_hurry() else "300"], stdout=out, leftover_grace=10 * SECOND), pipe)
    tree.started()
    assert os.read(pipe[0], 1) == b"."
    begin = time.monotonic()
    tree.close()
    assert_ends(tree, seconds=9)
    print(f"sessions: {(time.monotonic() - begin) * 1000:.1f} ms")


def test_deep_chain_is_gone(pipe):
    program = """
        import os, time
        for _ in range(300):
            if os.fork():
                time.sleep(60)
                os._exit(0)
        os.write(1, b"ready\\n")
        time.sleep(60)
    """
    tree = capture(lambda out: python(program, stdout=out), pipe)
    assert read_line(pipe[0]) == "ready"
    assert len(tree.survivors()) == 301
    begin = time.monotonic()
    tree.close()
    assert_ends(tree)
    print(f"{(time.monotonic() - begin) * 1000:.1f} ms")
    assert time.monotonic() - begin < 2
