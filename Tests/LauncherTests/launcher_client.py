"""A second, independent implementation of the host's half of the launcher protocol (Sources/ambit-launcher/README.md)."""

import fcntl
import os
import pathlib
import select
import signal
import socket
import struct
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAGIC, VERSION = 0x4C424D41, 1
SESSION, TERMINAL, NO_NEW_PRIVILEGES, SEARCH_PATH, SCAN_PROC = 1, 2, 4, 8, 16
SIGNAL_TREE, SIGNAL_LEADER, TERMINATE, KILL = 1, 2, 3, 4
STARTED, FAILED, ENDED = 1, 2, 3
EXITED, SIGNALED, DUMPED = 1, 2, 3
STAGE_REQUEST, STAGE_TERMINAL, STAGE_CWD, STAGE_RLIMIT, STAGE_DESCRIPTORS, STAGE_EXEC = 2, 4, 5, 6, 8, 9
SECOND = 1_000_000_000


def binary():
    given = os.environ.get("AMBIT_LAUNCHER")
    if given:
        return given
    found = sorted(ROOT.glob(".build*/debug/ambit-launcher"), key=lambda path: path.stat().st_mtime)
    assert found, "no launcher: build it (swift build --product ambit-launcher) or set AMBIT_LAUNCHER"
    return str(found[-1])


def request(argv, path=None, env=None, cwd="", flags=SESSION, leftover_grace=SECOND, rlimits=(), passed=0):
    strings = [path or argv[0], cwd, *argv, *(f"{k}={v}" for k, v in (env or {}).items())]
    body = b"".join(struct.pack("<IIQQ", kind, 0, soft, hard) for kind, soft, hard in rlimits)
    body += b"".join(os.fsencode(s) + b"\0" for s in strings)
    head = struct.pack("<IIIIqIIII", MAGIC, VERSION, 40 + len(body), flags, leftover_grace,
                       len(rlimits), len(argv), len(env or {}), passed)
    return head + body


class Event:
    def __init__(self, message):
        self.kind, self.detail, self.code, self.pid, text = struct.unpack("<IIii240s", message)
        self.text = text.split(b"\0", 1)[0].decode()

    def __repr__(self):
        return f"Event({self.kind}, detail={self.detail}, code={self.code}, pid={self.pid}, {self.text!r})"


class Launched:
    """One launcher. Its processes carry a tag in their environment, by which a test finds survivors."""

    def __init__(self, argv, stdin=None, stdout=None, stderr=None, passed=(), raw_request=None, env=None, **options):
        self.tag = uuid.uuid4().hex
        env = {"PATH": os.environ["PATH"], **(env or {}), "AMBIT_TEST_TAG": self.tag}
        content = raw_request if raw_request is not None else request(argv, env=env, passed=len(passed), **options)
        file = os.memfd_create("request")
        view = memoryview(content)
        while view:
            view = view[os.write(file, view):]
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.settimeout(15)
        null = os.open("/dev/null", os.O_RDWR)
        wanted = [null if fd is None else fd for fd in (stdin, stdout, stderr)] + [theirs.fileno(), file, *passed]
        # Above every number that is mapped to, so that the copies don't overwrite each other.
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 200) for fd in wanted]
        actions = [(os.POSIX_SPAWN_DUP2, fd, number) for number, fd in enumerate(high)]
        self.pid = os.posix_spawn(binary(), ["ambit-launcher"], {}, file_actions=actions,
                                  setsigmask=[], setsigdef=range(1, 32))
        self.pidfd = os.pidfd_open(self.pid)
        for fd in (null, file, *high):
            os.close(fd)
        theirs.close()

    def event(self):
        message = self.control.recv(512)
        return Event(message) if message else None

    def started(self):
        event = self.event()
        assert event and event.kind == STARTED, event
        return event.pid

    def send(self, kind, number=0, grace=0):
        self.control.send(struct.pack("<Iiq", kind, number, grace))

    def close(self):
        self.control.close()

    def wait(self, seconds=10):
        """Exit status of the launcher, negative for a signal; None when it still runs."""
        poll = select.poll()
        poll.register(self.pidfd, select.POLLIN)
        if not poll.poll(seconds * 1000):
            return None
        result = os.waitid(os.P_PIDFD, self.pidfd, os.WEXITED)
        os.close(self.pidfd)
        return result.si_status if result.si_code == os.CLD_EXITED else -result.si_status

    def survivors(self):
        return tagged(self.tag)


def tagged(tag, variable="AMBIT_TEST_TAG"):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/environ", "rb") as file:
                    if f"{variable}={tag}".encode() in file.read():
                        found.append(int(name))
            except OSError:
                pass
    return found


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


def state_of(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0]


def read_all(fd, seconds=10):
    """Everything until EOF, or a failure when EOF doesn't come."""
    poll, out, end = select.poll(), b"", time.monotonic() + seconds
    poll.register(fd, select.POLLIN | select.POLLHUP)
    while True:
        assert poll.poll(max(0, end - time.monotonic()) * 1000), f"no EOF within {seconds} s, so far {out[-200:]!r}"
        piece = os.read(fd, 1 << 16)
        if not piece:
            os.close(fd)
            return out
        out += piece


def read_line(fd, seconds=10):
    poll, out = select.poll(), b""
    poll.register(fd, select.POLLIN | select.POLLHUP)
    while not out.endswith(b"\n"):
        assert poll.poll(seconds * 1000), f"no line, so far {out!r}"
        piece = os.read(fd, 1)
        assert piece, f"EOF instead of a line, so far {out!r}"
        out += piece
    return out.decode().strip()


__all__ = [name for name in dir() if not name.startswith("_")]
