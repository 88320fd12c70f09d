"""HTTP/1.1 and server-sent events on a bare socket: able to stop reading, to read late, and to vanish with a reset."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .settings import within


class Ended(ConnectionError):
    """The peer closed the connection; `reset` tells a reset from an orderly end."""

    def __init__(self, message: str, *, reset: bool = False) -> None:
        super().__init__(message)
        self.reset = reset


@dataclass
class Head:
    status: int
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass
class Answer(Head):
    body: bytes = b""

    def json(self) -> Any:
        """The message in the body, or in the last event of a stream."""
        if self.content_type == "text/event-stream":
            data = [line[5:].strip() for line in self.body.decode().splitlines() if line.startswith("data:")]
            return json.loads([line for line in data if line][-1])
        return json.loads(self.body)


class Connection:
    """One connection to the server under test. Every wait has a deadline."""

    def __init__(self, port: int, *, receive_buffer: int | None = None, patience: float = 10) -> None:
        self.patience = within(patience)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(self.patience)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = port
        self._pending = b""
        self.ended_properly = False  # the last chunk of a chunked body was seen

    # --- sending

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> None:
        lines = dict(headers or {})
        if not any(name.lower() == "host" for name in lines):
            lines = {"Host": f"127.0.0.1:{self.port}", **lines}
        if body is not None and not any(name.lower() == "content-length" for name in lines):
            lines["Content-Length"] = str(len(body))
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in lines.items() if value is not None) + "\r\n"
        self.socket.sendall(head.encode("utf-8") + (body or b""))

    # --- reading

    def _more(self) -> None:
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError as error:
            raise Ended("connection reset", reset=True) from error
        if not data:
            raise Ended("connection closed")
        self._pending += data

    def _line(self) -> bytes:
        while b"\r\n" not in self._pending:
            self._more()
        line, _, self._pending = self._pending.partition(b"\r\n")
        return line

    def _exactly(self, count: int) -> bytes:
        while len(self._pending) < count:
            self._more()
        data, self._pending = self._pending[:count], self._pending[count:]
        return data

    def head(self) -> Head:
        status = int(self._line().split(b" ", 2)[1])
        headers: dict[str, str] = {}
        while line := self._line():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        return Head(status, headers)

    def chunks(self, head: Head) -> Iterator[bytes]:
        """The body piece by piece, as it comes."""
        if head.status in (202, 204, 304) and "content-length" not in head.headers \
                and "transfer-encoding" not in head.headers:
            return
        if head.headers.get("transfer-encoding", "").lower() == "chunked":
            while size := int(self._line().partition(b";")[0], 16):
                yield self._exactly(size)
                self._exactly(2)
            while self._line():
                pass
            self.ended_properly = True
        elif "content-length" in head.headers:
            if length := int(head.headers["content-length"]):
                yield self._exactly(length)
            self.ended_properly = True
        else:
            while True:
                if self._pending:
                    data, self._pending = self._pending, b""
                    yield data
                try:
                    self._more()
                except Ended as ended:
                    if ended.reset:
                        raise
                    self.ended_properly = True
                    return

    def answer(self) -> Answer:
        head = self.head()
        return Answer(head.status, head.headers, b"".join(self.chunks(head)))

    def events(self, head: Head) -> Iterator[dict[str, str]]:
        """Server-sent events as {event, data, id}; comments are skipped."""
        buffer = b""
        for chunk in self.chunks(head):
            buffer += chunk
            while b"\n\n" in buffer or b"\r\n\r\n" in buffer:
                cut = min(i for i in (buffer.find(b"\n\n"), buffer.find(b"\r\n\r\n")) if i >= 0)
                block, buffer = buffer[:cut], buffer[cut:].lstrip(b"\r\n")
                event: dict[str, str] = {}
                for line in block.decode("utf-8").splitlines():
                    if not line or line.startswith(":"):
                        continue
                    name, _, value = line.partition(":")
                    value = value.removeprefix(" ")
                    event[name] = f"{event[name]}\n{value}" if name == "data" and "data" in event else value
                if event:
                    yield event

    def said(self, head: Head) -> list[dict[str, str]]:
        """All events that have data, to the end: priming says where a stream begins, and no more."""
        return [event for event in self.events(head) if event.get("data")]

    def wait_for_end(self) -> bool:
        """Reads until the peer ends the connection; true when it did so without a reset."""
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            try:
                self._more()
                self._pending = b""
            except Ended as ended:
                return not ended.reset
        raise TimeoutError("the connection did not end")

    def is_quiet(self, seconds: float) -> bool:
        """Whether nothing comes for so long, not even an end. For proving that something does not happen."""
        self.socket.settimeout(seconds)
        try:
            self._more()
        except TimeoutError:
            return True
        except Ended:
            return False
        finally:
            self.socket.settimeout(self.patience)
        return False

    # --- ending

    def close(self) -> None:
        self.socket.close()

    def vanish(self) -> None:
        """Ends the connection with a reset, as a killed client or a lost network does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def request(port: int, method: str, path: str, headers: dict[str, str] | None = None,
            body: bytes | None = None, patience: float = 10) -> Answer:
    """One request on a connection of its own."""
    with Connection(port, patience=patience) as connection:
        connection.send(method, path, {"Connection": "close", **(headers or {})}, body)
        return connection.answer()
