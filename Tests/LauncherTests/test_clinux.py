"""Sources/CLinux through ctypes: what a Swift test can't look at from inside (whole-process effects, exact descriptors)."""

import ctypes
import errno
import hashlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from launcher_client import *

SOURCES = ROOT / "Sources" / "CLinux"


@pytest.fixture(scope="module")
def library_path(tmp_path_factory):
    compiler = shutil.which("clang") or shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler")
    path = tmp_path_factory.mktemp("clinux") / "libclinux.so"
    command = [compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", f"-I{SOURCES}/include",
               "-o", str(path), *map(str, sorted(SOURCES.glob("*.c"))), "-lpthread", "-ldl"]
    subprocess.run(command, check=True)
    return str(path)


@pytest.fixture(scope="module")
def lib(library_path):
    library = ctypes.CDLL(library_path)
    library.ambit_linux_epoll_add.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_uint32, ctypes.c_uint64]
    library.ambit_linux_epoll_wait.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64]
    library.ambit_linux_raise_descriptor_limit.restype = ctypes.c_int64
    library.ambit_linux_launcher_send.argtypes = [ctypes.c_int, ctypes.c_uint32, ctypes.c_int, ctypes.c_int64]
    library.ambit_linux_library_open.restype = ctypes.c_void_p
    return library


class Exit(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int32), ("code", ctypes.c_int32)]


class Ready(ctypes.Structure):
    _fields_ = [("token", ctypes.c_uint64), ("events", ctypes.c_uint32)]


class Limit(ctypes.Structure):
    _fields_ = [("resource", ctypes.c_uint32), ("reserved", ctypes.c_uint32), ("soft", ctypes.c_uint64), ("hard", ctypes.c_uint64)]


class Launch(ctypes.Structure):
    _fields_ = [("launcher", ctypes.c_char_p), ("path", ctypes.c_char_p), ("cwd", ctypes.c_char_p),
                ("arguments", ctypes.c_void_p), ("environment", ctypes.c_void_p), ("flags", ctypes.c_uint32),
                ("leftover_grace_ns", ctypes.c_int64), ("rlimits", ctypes.c_void_p), ("rlimit_count", ctypes.c_size_t),
                ("stdio", ctypes.c_int * 3), ("passed", ctypes.c_void_p), ("passed_count", ctypes.c_size_t)]


class Running(ctypes.Structure):
    _fields_ = [("control", ctypes.c_int), ("pidfd", ctypes.c_int), ("pid", ctypes.c_int)]


class Usage(ctypes.Structure):
    _fields_ = [("cpu_user_ns", ctypes.c_int64), ("cpu_system_ns", ctypes.c_int64), ("resident_bytes", ctypes.c_int64),
                ("virtual_bytes", ctypes.c_int64), ("threads", ctypes.c_int32), ("parent", ctypes.c_int32),
                ("zombie", ctypes.c_int32)]


def strings(*words):
    return (ctypes.c_char_p * (len(words) + 1))(*[os.fsencode(word) for word in words], None)


def spawn(lib, path, arguments, pairs):
    table = (ctypes.c_int * (2 * len(pairs)))(*[number for pair in pairs for number in pair])
    pid, pidfd = ctypes.c_int(-7), ctypes.c_int(-7)
    result = lib.ambit_linux_spawn(os.fsencode(path), strings(*arguments), table, len(pairs), ctypes.byref(pid), ctypes.byref(pidfd))
    return result, pid.value, pidfd.value


def reap(lib, pidfd):
    exit = Exit()
    assert lib.ambit_linux_pidfd_wait(pidfd, 1, ctypes.byref(exit)) == 1
    os.close(pidfd)
    return exit.kind, exit.code


def outcome(lib, arguments, pairs=()):
    """Runs a program whose stdout is collected; returns its text and how it ended."""
    read, write = os.pipe2(os.O_CLOEXEC)
    result, _, pidfd = spawn(lib, arguments[0], arguments, [(1, write), *pairs])
    os.close(write)
    assert result == 0
    text = read_all(read).decode()
    return text, reap(lib, pidfd)


# spawn


def test_spawn_gives_the_mapped_descriptors_only(lib):
    program = "import os; print({int(n): os.readlink('/proc/self/fd/' + n) for n in os.listdir('/proc/self/fd')[:-1]})"
    text, end = outcome(lib, [sys.executable, "-S", "-c", program])
    table = eval(text)
    assert sorted(table) == [0, 1, 2] and table[0] == table[2] == "/dev/null" and table[1].startswith("pipe:")
    assert end == (EXITED, 0)


def test_spawn_maps_crossing_descriptors(lib):
    first, second = os.memfd_create("first"), os.memfd_create("second")
    pairs = [(second, first), (first, second), (40, first)]
    program = "import os; print(*(os.readlink('/proc/self/fd/%%d' %% n).split(':')[1].split()[0] for n in (%d, %d, 40)))"
    text, _ = outcome(lib, [sys.executable, "-S", "-c", program % (first, second)], pairs)
    assert text == "second first first\n"
    os.close(first)
    os.close(second)


def test_spawn_resets_signals_and_environment(lib):
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    text, _ = outcome(lib, ["/bin/sh", "-c", "/bin/grep -E '^Sig(Blk|Ign)' /proc/self/status; /usr/bin/env | /bin/grep -vE '^(PWD|_|SHLVL|OLDPWD)='"])
    after = signal.pthread_sigmask(signal.SIG_SETMASK, before)
    signal.signal(signal.SIGUSR2, signal.SIG_DFL)
    assert text.split() == ["SigBlk:", "0" * 16, "SigIgn:", "0" * 16]
    assert signal.SIGUSR1 in after, "the caller's mask is as it was"


def test_spawn_failure_leaves_no_process_and_no_descriptor(lib):
    descriptors, children = lib.ambit_linux_self_descriptors(), lib.ambit_linux_self_children()
    assert spawn(lib, "/nonexistent", ["x"], []) == (-errno.ENOENT, -7, -7)
    assert spawn(lib, "/bin/true", ["x"], [(3, 999)]) == (-errno.EBADF, -7, -7)
    assert spawn(lib, "/bin/true", ["x"], [(-1, 0)]) == (-errno.EBADF, -7, -7)
    assert lib.ambit_linux_self_descriptors() == descriptors
    assert lib.ambit_linux_self_children() == children


def test_pidfd_wait_tells_running_ended_and_reaped(lib):
    result, pid, pidfd = spawn(lib, "/bin/sleep", ["sleep", "30"], [])
    exit = Exit()
    assert lib.ambit_linux_pidfd_wait(pidfd, 0, ctypes.byref(exit)) == 0
    assert lib.ambit_linux_self_children() >= 1
    assert lib.ambit_linux_pidfd_signal(pidfd, signal.SIGKILL) == 0
    assert lib.ambit_linux_pidfd_wait(pidfd, 1, ctypes.byref(exit)) == 1
    assert (exit.kind, exit.code) == (SIGNALED, signal.SIGKILL)
    assert lib.ambit_linux_pidfd_wait(pidfd, 0, ctypes.byref(exit)) == -errno.ECHILD
    assert lib.ambit_linux_pidfd_signal(pidfd, signal.SIGKILL) == -errno.ESRCH
    os.close(pidfd)


def test_usage_of_self_and_of_a_stranger(lib):
    usage = Usage()
    assert lib.ambit_linux_process_usage(0, ctypes.byref(usage)) == 0
    assert usage.parent == os.getppid() and usage.threads == lib.ambit_linux_self_threads()
    assert 1 << 20 < usage.resident_bytes < usage.virtual_bytes and not usage.zombie
    assert lib.ambit_linux_process_usage(2**22 + 5, ctypes.byref(usage)) == -errno.ESRCH


# launch


def launch(lib, arguments, stdio=(-1, -1, -1), environment=(), flags=SESSION, grace=SECOND, passed=(), path=None):
    words, variables = strings(*arguments), strings(*environment)
    numbers = (ctypes.c_int * max(1, len(passed)))(*passed)
    order = Launch(os.fsencode(binary()), os.fsencode(path or arguments[0]) if arguments else b"x", None, ctypes.addressof(words),
                   ctypes.addressof(variables), flags, grace, None, 0, (ctypes.c_int * 3)(*stdio),
                   ctypes.addressof(numbers), len(passed))
    running = Running()
    return lib.ambit_linux_launch(ctypes.byref(order), ctypes.byref(running)), running


def receive(lib, control):
    buffer = ctypes.create_string_buffer(256)
    end = time.monotonic() + 5
    poll = select.poll()
    poll.register(control, select.POLLIN)
    while (result := lib.ambit_linux_launcher_receive(control, buffer)) == 0:
        assert poll.poll(max(0, end - time.monotonic()) * 1000), "no event"
    return Event(buffer.raw) if result == 1 else result


def test_launch_runs_a_program_and_ends(lib):
    read, write = os.pipe2(os.O_CLOEXEC)
    result, running = launch(lib, ["sh", "-c", "echo $GREETING >&3; exit 4"], environment=["GREETING=hi", "PATH=/bin"],
                             flags=SESSION | SEARCH_PATH, passed=[write])
    os.close(write)
    assert result == 0
    assert receive(lib, running.control).kind == STARTED
    event = receive(lib, running.control)
    assert (event.kind, event.detail, event.code) == (ENDED, EXITED, 4)
    assert receive(lib, running.control) == -errno.EPIPE
    assert read_all(read) == b"hi\n"
    assert reap(lib, running.pidfd) == (EXITED, 0)
    assert lib.ambit_linux_launcher_send(running.control, KILL, 0, 0) == -errno.EPIPE
    os.close(running.control)


def test_launch_and_close_kills(lib):
    result, running = launch(lib, ["/bin/sleep", "30"])
    assert result == 0 and receive(lib, running.control).kind == STARTED
    os.close(running.control)
    assert reap(lib, running.pidfd) == (EXITED, 0)


def test_events_of_a_launcher_that_left_commands_unread_are_received(lib):
    result, running = launch(lib, ["/bin/true"], flags=TERMINAL)  # refused while it reads the request
    assert result == 0
    assert lib.ambit_linux_launcher_send(running.control, SIGNAL_TREE, signal.SIGURG, 0) == 0
    assert reap(lib, running.pidfd) == (EXITED, 0)
    event = receive(lib, running.control)
    assert event != -errno.EPIPE and (event.kind, event.detail) == (FAILED, STAGE_REQUEST)
    assert receive(lib, running.control) == -errno.EPIPE
    os.close(running.control)


def test_launch_refuses_what_is_too_large_and_leaves_nothing(lib):
    before = lib.ambit_linux_self_descriptors()
    assert launch(lib, ["/bin/echo", "x" * (2 << 20)])[0] == -errno.E2BIG
    assert launch(lib, [], path="/bin/echo")[0] == -errno.EINVAL
    assert launch(lib, ["/bin/echo"], passed=[999])[0] == -errno.EBADF
    assert launch(lib, ["/bin/echo"], passed=range(33))[0] == -errno.EINVAL
    assert lib.ambit_linux_self_descriptors() == before


def test_concurrent_launches_share_no_descriptor(lib):
    # A launcher that inherited another's control socket would keep that tree alive after its host closed it.
    trees, failures = [], []

    def start():
        for _ in range(10):
            result, running = launch(lib, ["/bin/sleep", "30"])
            (trees if result == 0 else failures).append(running if result == 0 else result)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert not failures and len(trees) == 40
    for tree in trees:
        os.close(tree.control)
        poll = select.poll()
        poll.register(tree.pidfd, select.POLLIN)
        assert poll.poll(5000), "its control socket is still open somewhere"
        assert reap(lib, tree.pidfd) == (EXITED, 0)


# events and files


def test_epoll_reports_tokens_and_times_out(lib):
    poll, wake = lib.ambit_linux_epoll_create(), lib.ambit_linux_wakeup_create()
    ready = (Ready * 4)()
    token = 0xFEDCBA9876543210
    assert lib.ambit_linux_epoll_add(poll, wake, 1, token) == 0
    assert lib.ambit_linux_epoll_add(poll, wake, 1, token) == -errno.EEXIST
    begin = time.monotonic()
    assert lib.ambit_linux_epoll_wait(poll, ready, 4, 3_300_000) == 0
    assert 0.0033 <= time.monotonic() - begin < 1
    assert lib.ambit_linux_wakeup_signal(wake) == lib.ambit_linux_wakeup_signal(wake) == 0
    assert lib.ambit_linux_epoll_wait(poll, ready, 4, -1) == 1
    assert (ready[0].token, ready[0].events) == (token, 1)
    assert (lib.ambit_linux_wakeup_drain(wake), lib.ambit_linux_wakeup_drain(wake)) == (1, 0)
    assert lib.ambit_linux_epoll_wait(poll, ready, 4, 0) == 0
    assert lib.ambit_linux_epoll_remove(poll, wake) == 0
    assert lib.ambit_linux_epoll_remove(poll, wake) == -errno.ENOENT
    os.close(poll)
    os.close(wake)


def test_nonblocking_is_per_end(lib):
    read, write = ctypes.c_int(), ctypes.c_int()
    assert lib.ambit_linux_pipe(ctypes.byref(read), ctypes.byref(write), 1) == 0
    assert not os.get_blocking(read.value) and os.get_blocking(write.value)
    assert not os.get_inheritable(read.value) and not os.get_inheritable(write.value)
    buffer = ctypes.create_string_buffer(4)
    assert lib.ambit_linux_read(read, buffer, 4) == -errno.EAGAIN
    os.close(write.value)
    assert lib.ambit_linux_read(read, buffer, 4) == 0
    os.close(read.value)


def test_parked_descriptor_keeps_its_number_and_wakes_its_reader(lib):
    ours, theirs = socket.socketpair()
    got = []
    reader = threading.Thread(target=lambda: got.append(os.read(ours.fileno(), 10)))
    reader.start()
    assert lib.ambit_linux_park(ours.fileno()) == 0
    reader.join(5)
    assert got == [b""] and os.readlink(f"/proc/self/fd/{ours.fileno()}") == "/dev/null"
    theirs.close()
    ours.close()


ADOPT = """
import ctypes, os, sys
lib = ctypes.CDLL(sys.argv[1])
one, two = ctypes.c_int(-1), ctypes.c_int(-1)
result = lib.ambit_linux_adopt_stdio(ctypes.byref(one), ctypes.byref(two))
os.system("echo stray")
os.write(1, b"stray\\n")
assert os.read(0, 10) == b""
line = os.read(one.value, 100) if %(reads)d else b""
os.write(two.value, b"%%d %%d %%s" %% (result, min(one.value, two.value) > 2, line))
assert not os.get_inheritable(one.value) and not os.get_inheritable(two.value)
"""


def test_adopted_stdio_is_out_of_reach(library_path):
    process = subprocess.run([sys.executable, "-S", "-c", ADOPT % {"reads": 1}, library_path], input=b"hello",
                             capture_output=True, timeout=10, check=True)
    assert process.stdout == b"0 1 hello" and process.stderr == b"stray\nstray\n"


def test_adopt_survives_a_closed_stdin(library_path):
    command = ["/bin/sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-S", "-c", ADOPT % {"reads": 0}, library_path]
    process = subprocess.run(command, capture_output=True, timeout=10, check=True)
    assert process.stdout == b"0 1 " and process.stderr == b"stray\nstray\n"


class Distrust(ctypes.Structure):
    _fields_ = [("why", ctypes.c_int32), ("owner", ctypes.c_uint32), ("mode", ctypes.c_uint32), ("path", ctypes.c_char * 4096)]


def trust(lib, path):
    """Why others could change what is opened, and where; or -errno."""
    found = Distrust(why=99)
    opened = lib.ambit_linux_open_watched(os.fsencode(path), os.getuid(), ctypes.byref(found))
    if opened < 0:
        return opened, ""
    facts = os.fstat(opened)
    assert not os.get_inheritable(opened)
    os.close(opened)
    assert (facts.st_dev, facts.st_ino) == (os.stat(path).st_dev, os.stat(path).st_ino)
    return found.why, found.path.decode()


def test_opening_tells_who_else_could_change_the_file(lib, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o755)
    file = folder / "plugin.so"
    file.write_text("")
    file.chmod(0o644)
    assert trust(lib, file) == (0, "")
    assert trust(lib, folder) == (0, "")
    file.chmod(0o666)
    assert trust(lib, file) == (2 | 4, str(file))
    file.chmod(0o644)
    folder.chmod(0o775)
    assert trust(lib, file) == (2, str(folder))
    folder.chmod(0o1777)
    assert trust(lib, file) == (0, ""), "in a sticky folder nobody replaces another's file"
    assert trust(lib, folder) == (2 | 4, str(folder)), "but anybody adds one"
    assert trust(lib, folder / "none")[0] == -errno.ENOENT
    assert trust(lib, file / "below")[0] == -errno.ENOTDIR
    assert trust(lib, "")[0] == -errno.ENOENT
    folder.chmod(0o755)
    if os.getuid() == 0:
        os.chown(file, 12345, 0)
        assert trust(lib, file) == (1, str(file))


def test_opening_looks_at_links_and_where_they_lie(lib, tmp_path):
    kept, open_to_all = tmp_path / "kept", tmp_path / "open"
    kept.mkdir(mode=0o755)
    open_to_all.mkdir()
    file = kept / "plugin.so"
    file.write_text("")
    file.chmod(0o644)
    (tmp_path / "absolute").symlink_to(file)
    (open_to_all / "relative").symlink_to("../kept/./plugin.so")
    (open_to_all / "folder").symlink_to("../kept")
    assert trust(lib, tmp_path / "absolute") == (0, "")
    assert trust(lib, open_to_all / "relative") == (0, "")
    open_to_all.chmod(0o777)
    assert trust(lib, open_to_all / "relative") == (2 | 4, str(open_to_all)), "others could exchange the link"
    assert trust(lib, open_to_all / "folder/plugin.so") == (2 | 4, str(open_to_all))
    open_to_all.chmod(0o755)
    file.chmod(0o646)
    assert trust(lib, open_to_all / "folder/plugin.so") == (4, str(file)), "the path that it names has no link in it"
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert trust(lib, tmp_path / "a")[0] == -errno.ELOOP
    descriptors = set(os.listdir("/proc/self/fd"))
    trust(lib, open_to_all / "folder/plugin.so")
    assert set(os.listdir("/proc/self/fd")) == descriptors


def test_opening_starts_from_the_current_folder(lib, tmp_path, monkeypatch):
    (tmp_path / "plugin.so").write_text("")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    os.chmod(tmp_path / "plugin.so", 0o602)
    assert trust(lib, "../plugin.so") == (4, str(tmp_path / "plugin.so"))
    assert trust(lib, ".") == (0, "")


class Sha256(ctypes.Structure):
    _fields_ = [("state", ctypes.c_uint32 * 8), ("size", ctypes.c_uint64), ("block", ctypes.c_uint8 * 64)]


def sha256(lib, *parts):
    state, digest = Sha256(), ctypes.create_string_buffer(32)
    lib.ambit_linux_sha256_init(ctypes.byref(state))
    for part in parts:
        lib.ambit_linux_sha256_update(ctypes.byref(state), part, ctypes.c_size_t(len(part)))
    lib.ambit_linux_sha256_final(ctypes.byref(state), digest)
    return digest.raw.hex()


def test_sha256_gives_the_vectors_of_fips_180_4(lib):
    assert sha256(lib, b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256(lib) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert sha256(lib, b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") == (
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    assert sha256(lib, b"a" * 1_000_000) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"


def test_sha256_is_hashlib_s_for_every_length_and_cut(lib):
    data = bytes(i * 7 & 255 for i in range(300))
    for length in range(300):
        expected = hashlib.sha256(data[:length]).hexdigest()
        assert sha256(lib, data[:length]) == expected, length
        cut = length * 31 % (length + 1)
        assert sha256(lib, data[:cut], data[cut:length]) == expected, (length, cut)


def test_threads_have_names_and_block_signals(lib):
    seen = {}

    @ctypes.CFUNCTYPE(None, ctypes.c_void_p)
    def body(context):
        task = lib.ambit_linux_thread_id()
        with open(f"/proc/self/task/{task}/comm") as file:
            seen["name"] = file.read().strip()
        seen["blocked"] = signal.pthread_sigmask(signal.SIG_BLOCK, [])
        seen["context"] = context

    thread = ctypes.c_uint64()
    assert lib.ambit_linux_thread_start(b"ambit-reactor-with-a-long-name", 100_000, body, ctypes.c_void_p(77), ctypes.byref(thread)) == 0
    assert lib.ambit_linux_thread_join(thread) == 0
    assert seen["name"] == "ambit-reactor-w" and seen["context"] == 77
    assert {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD} <= seen["blocked"] and signal.SIGSEGV not in seen["blocked"]
    assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_missing_library_is_a_text_that_fits(lib):
    text = ctypes.create_string_buffer(b"\xff" * 19, 20)
    assert not lib.ambit_linux_library_open(b"/nonexistent/lib.so", text, 20)
    assert text.raw == b"/nonexistent/lib.so\0"
