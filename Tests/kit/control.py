"""A client of the control socket on a bare Unix socket, and the folder of one test's own."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

from . import probes
from .settings import within

# The folder that `ambit` uses instead of the user's.
VARIABLE = "AMBIT_RUNTIME_DIR"


def environment(folder: Path) -> dict[str, str]:
    return {VARIABLE: str(folder)}


def path_of(folder: Path, pid: int, seconds: float = 10) -> Path:
    """The socket of a server, once it is there."""
    path = folder / f"{pid}.sock"
    probes.until(path.exists, seconds, f"{path} appears")
    return path


class Client:
    """One connection. Every wait has a deadline."""

    def __init__(self, path: Path, *, receive_buffer: int | None = None, patience: float = 10) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(within(patience))
        self.socket.connect(str(path))
        self._pending = b""

    def send(self, line: bytes) -> None:
        self.socket.sendall(line)

    def ask(self, command: str, **members: Any) -> None:
        self.send(json.dumps({"version": 1, "command": command, **members}).encode() + b"\n")

    def line(self) -> dict[str, Any] | None:
        """The next line; None at the end."""
        while b"\n" not in self._pending:
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                return None
            if not data:
                return None
            self._pending += data
        line, _, self._pending = self._pending.partition(b"\n")
        return json.loads(line)

    def result(self) -> dict[str, Any]:
        """The last line, a result; the connection ends after it."""
        line = self.line()
        while line is not None and "event" in line:
            line = self.line()
        assert line is not None and line["version"] == 1 and "result" in line, line
        assert self.line() is None
        return line["result"]

    def error(self) -> dict[str, Any]:
        line = self.line()
        while line is not None and "event" in line:
            line = self.line()
        assert line is not None and "error" in line, line
        return line["error"]

    def take_back(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def ask(path: Path, command: str, **members: Any) -> dict[str, Any]:
    with Client(path) as client:
        client.ask(command, **members)
        return client.result()
