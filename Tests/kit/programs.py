"""Programs for the log plugin to run: they wait at gates, so that a test decides what happens when."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Any

from . import probes
from .http_client import HttpClient, Stream

PRELUDE = """\
import os, sys
gates = sys.argv[1:]
def wait(gate):
    with open(gates[gate]) as fifo: fifo.read()
sys.stdout.reconfigure(line_buffering=False)
print("zero"); print("ready", flush=True)
"""


class Gate:
    """A FIFO that a program waits at until the test opens it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)

    def open(self, seconds: float = 10) -> None:
        """Lets through who waits now."""
        os.close(self._reach(seconds))

    def remove(self, seconds: float = 10) -> None:
        """Lets through who waits, and everybody who comes later."""
        descriptor = self._reach(seconds)
        self.path.unlink()  # who comes from now on finds no gate; who came before finds a writer
        os.close(descriptor)

    def _reach(self, seconds: float) -> int:
        def attempt() -> int | None:
            try:
                return os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
                return None  # the program has not come to the gate yet

        return probes.until(lambda: (fd := attempt()) is not None and (fd + 1), seconds, f"a program waits at {self.path.name}") - 1


class Program:
    """A Python program run in the background through the log plugin. It prints `zero` and `ready` before its body."""

    count = 0

    def __init__(self, client: HttpClient, folder: Path, body: str, *, gates: int = 1, keep: bool = True,
                 **arguments: Any) -> None:
        Program.count += 1
        self.name = f"program-{Program.count}"
        self.client = client
        self.gates = [Gate(folder / f"{self.name}-gate-{number}") for number in range(gates)]
        script = folder / f"{self.name}.py"
        script.write_text(PRELUDE + body)
        started = client.tool("process_run", argv=[sys.executable, str(script), *(str(g.path) for g in self.gates)],
                              mode="background", keep=keep, name=self.name, **arguments)
        self.process, self.pid = started["process"], started["pid"]
        # The cursor of `zero`: whoever follows from here on gets `ready` at once, which proves that it is attached.
        self.cursor = None
        self._find_cursor()

    def _find_cursor(self) -> None:
        with self.client.tool_stream("logs_follow", process=self.process, lines=2) as stream:
            stream.drain()
        page = self.client.tool("logs_query", process=self.process, limit=1)
        assert page["lines"][0]["text"] == "zero", page
        self.cursor = page["lines"][0]["cursor"]

    def follow(self, *, at_end: bool = False, **arguments: Any) -> Stream:
        """A follower that is attached, from the start or from the newest line on: its first line has come."""
        after, first = self.cursor, "ready"
        if at_end:
            newest = self.client.tool("logs_query", process=self.process, tail=True, limit=2)["lines"]
            after, first = newest[0]["cursor"], newest[1]["text"]
        stream = self.client.tool_stream("logs_follow", process=self.process, after=after, **arguments)
        try:
            assert stream.next_line() == first
        except BaseException:
            stream.close()
            raise
        return stream

    def go(self, gate: int = 0) -> None:
        self.gates[gate].open()

    def status(self) -> str:
        listed = self.client.tool("process_list")["processes"]
        return next(entry["status"] for entry in listed if entry["process"] == self.process)

    def stop(self, **arguments: Any) -> dict[str, Any]:
        return self.client.tool("process_stop", process=self.process, **arguments)


def warm_up(client: HttpClient, folder: Path) -> None:
    """Lets the server make whatever it makes only once (threads, loops, caches), so that a baseline taken after it holds."""
    program = Program(client, folder, "wait(0)\nprint('last')\n")
    followers = [program.follow() for _ in range(4)]
    followers.pop().vanish()
    program.go()
    for follower in followers:
        with follower:
            follower.drain()
    client.tool("process_run", argv=["true"], mode="wait")
