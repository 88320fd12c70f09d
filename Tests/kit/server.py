"""The server under test as a child process: `ambit serve` on a free port, `ambit stdio` on pipes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
import uuid
from pathlib import Path

import pytest

from . import probes
from .settings import AMBIT_BIN, SERVER_ARGUMENTS, within

def flags(**values: str) -> list[str]:
    """flags(session_idle="1s") → ["--session-idle", "1s"]"""
    return [part for name, value in values.items() for part in (f"--{name.replace('_', '-')}", value)]


def binary() -> str:
    if not Path(AMBIT_BIN).exists():
        pytest.skip(f"no server at {AMBIT_BIN}; `make debug` builds it, AMBIT_BIN names another")
    return AMBIT_BIN


class ServerProcess:
    """A child whose stderr is kept. Whoever starts it ends it: use it as a context manager."""

    def __init__(self, arguments: list[str], *, stdin: int | None = subprocess.DEVNULL,
                 stdout: int | None = subprocess.PIPE, environment: dict[str, str] | None = None) -> None:
        self.arguments = [binary(), *arguments, *SERVER_ARGUMENTS]
        # Whatever descends from this server carries the mark in its environment, wherever it is in the tree of processes.
        self.mark = f"AMBIT_TEST_MARK={uuid.uuid4().hex}"
        self.process = subprocess.Popen(
            self.arguments, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {}), **dict([self.mark.split("=")])}, start_new_session=True)
        self.pid = self.process.pid
        self.stderr: list[str] = []
        self._said = threading.Condition()
        self._ended = False
        self._stderr_reader = threading.Thread(target=self._read_stderr, daemon=True)
        self._stderr_reader.start()

    def _read_stderr(self) -> None:
        for line in self.process.stderr:
            with self._said:
                self.stderr.append(line.decode(errors="replace").rstrip("\n"))
                self._said.notify_all()
        with self._said:
            self._ended = True
            self._said.notify_all()

    def wait_for_line(self, pattern: str, seconds: float = 10) -> re.Match[str]:
        """The first line of stderr, from the start on, that matches."""
        expression, seen = re.compile(pattern), 0
        deadline = time.monotonic() + within(seconds)
        with self._said:
            while True:
                for line in self.stderr[seen:]:
                    if match := expression.search(line):
                        return match
                seen = len(self.stderr)
                if self._ended or not self._said.wait(max(0, deadline - time.monotonic())):
                    raise AssertionError(f"the server did not say {pattern!r}:\n{self.log()}")

    def log(self) -> str:
        return f"{' '.join(self.arguments)}\n" + "\n".join(self.stderr[-60:])

    def wait(self, seconds: float) -> int:
        """Its exit status; AssertionError where it does not end in time."""
        try:
            return self.process.wait(within(seconds))
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the server did not end within {within(seconds):g} s\n{self.log()}") from None

    def terminate(self, seconds: float = 5) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def dispose(self, *, at_once: bool = False) -> None:
        """Ends whatever is left, forcibly, and reaps it: a failed test must not leave a thing behind."""
        if self.process.poll() is None:
            self.process.kill() if at_once else self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pid in probes.marked(self.mark):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._stderr_reader.join(5)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue

    def __enter__(self):
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        # What a failed test has left may keep a server from ending, and nobody asks how it ends.
        self.dispose(at_once=failure is not None)


class HttpServer(ServerProcess):
    """`ambit serve` on a free port of the loopback."""

    def __init__(self, *arguments: str, port: int = 0, environment: dict[str, str] | None = None) -> None:
        super().__init__(
            ["serve", "--port", str(port), *arguments], stdout=subprocess.DEVNULL, environment=environment)
        try:
            self.url = self.wait_for_line(r"listening on (https?://\S+)").group(1)
            self.port = int(re.search(r":(\d+)/", self.url).group(1))
        except BaseException:
            self.dispose()
            raise

    def look(self) -> probes.Snapshot:
        return probes.look(self.pid, self.port)

    def gauge(self, name: str) -> int:
        return self.look().gauges[name]

    def await_baseline(self, baseline: probes.Snapshot, seconds: float = 1,
                       ignoring: frozenset[str] = frozenset()) -> probes.Snapshot:
        """Waits until ledger and operating system are back at the baseline; says what is left where they don't come back."""
        deadline = time.monotonic() + within(seconds)
        while True:
            now = self.look()
            excess = now.excess(baseline, ignoring)
            if not excess:
                return now
            if time.monotonic() > deadline:
                left = "\n".join(f"  {name}: {a}, was {b}" for name, (a, b) in sorted(excess.items()))
                raise AssertionError(
                    f"not back at the baseline within {within(seconds):g} s:\n{left}\n{probes.render(now.tree)}\n"
                    f"children: {probes.descendants(self.pid)}\ndescriptors: {probes.descriptors(self.pid)}\n{self.log()}")
            time.sleep(0.02)

    def settle(self, seconds: float = 5) -> probes.Snapshot:
        """A baseline: two equal looks in a row, apart by long enough that what was ending has ended."""
        deadline = time.monotonic() + within(seconds)
        last = self.look()
        while True:
            time.sleep(0.1)
            now = self.look()
            if (now.gauges, now.system) == (last.gauges, last.system) or time.monotonic() > deadline:
                return now
            last = now
