"""Our own MCP client over HTTP, in both eras, that validates whatever goes over the wire."""

from __future__ import annotations

import copy
import itertools
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

from . import messages, wire
from .schema import schema
from .settings import LEGACY, MODERN, within

PATH = "/mcp"


class CallError(Exception):
    """The server answered with a JSON-RPC error."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{error.get('code')} {error.get('message')} (HTTP {status})")
        self.status, self.error, self.code = status, error, error.get("code")


class Stream:
    """A call under way on a connection of its own. Nothing is read until somebody asks."""

    def __init__(self, client: HttpClient, message: dict[str, Any], receive_buffer: int | None, patience: float) -> None:
        self.client, self.message, self.id = client, message, message["id"]
        self.methods = {self.id: message["method"]}
        self.connection = wire.Connection(client.port, receive_buffer=receive_buffer, patience=patience)
        client.schema.from_client(message)
        self.connection.send("POST", PATH, client.headers(message), messages.encode(message))
        self.head: wire.Head | None = None
        self.result: dict[str, Any] | None = None
        self.error: dict[str, Any] | None = None
        self.notifications: list[dict[str, Any]] = []
        self._source: Iterator[dict[str, Any]] | None = None

    def open(self) -> wire.Head:
        if self.head is None:
            self.head = self.connection.head()
        return self.head

    def _incoming(self) -> Iterator[dict[str, Any]]:
        head = self.open()
        if head.content_type == "text/event-stream":
            for event in self.connection.events(head):
                if event.get("data"):
                    yield json.loads(event["data"])
        else:
            body = b"".join(self.connection.chunks(head))
            if body:
                yield json.loads(body)

    def next(self) -> dict[str, Any] | None:
        """The next message; None at the end of the stream."""
        if self._source is None:
            self._source = self._incoming()
        message = next(self._source, None)
        if message is None:
            return None
        self.client.schema.from_server(message, self.methods)
        if "method" in message:
            assert self.result is None and self.error is None, f"a notification after the response: {message}"
            if "id" not in message:
                self.notifications.append(message)
        else:
            assert self.result is None and self.error is None, f"a second response: {message}"
            self.result, self.error = message.get("result"), message.get("error")
        return message

    def next_line(self) -> str:
        """Reads up to the next line of output: the log notification, or progress where the client takes no logs."""
        kind = "notifications/message" if self.client.log_level is not None else "notifications/progress"
        while (message := self.next()) is not None:
            if message.get("method") == kind:
                return self._line(message)
        raise AssertionError(f"the stream ended before its next line: {self.result or self.error}")

    def next_line_unchecked(self) -> str:
        """The same for many lines: log notifications are read without a look at the schema, and not kept."""
        if self._source is None:
            self._source = self._incoming()
        for message in self._source:
            if message.get("method") == "notifications/message":
                return self._line(message)
            assert message.get("method") == "notifications/progress", f"the stream ended before its next line: {message}"
        raise AssertionError("the stream ended before its next line")

    @staticmethod
    def _line(message: dict[str, Any]) -> str:
        params = message["params"]
        return text_of(params["data"]) if message["method"] == "notifications/message" else params["message"]

    def drain(self) -> dict[str, Any]:
        """Reads to the end of the stream and returns the result of the call."""
        while self.next() is not None:
            continue
        if self.error is not None:
            raise CallError(self.head.status, self.error)
        assert self.result is not None, "the stream ended without a response"
        return self.result

    def lines(self) -> list[str]:
        """The lines of output so far, by log notifications: these lose nothing, a slow client is waited for."""
        return [self._line(n) for n in self.notifications if n["method"] == "notifications/message"]

    def progress(self) -> list[str]:
        """The lines so far by progress, which may leave lines out where the client's queue is full."""
        told = [n["params"] for n in self.notifications if n["method"] == "notifications/progress"]
        values = [params["progress"] for params in told]
        assert values == sorted(set(values)), f"progress must grow: {values}"
        return [params["message"] for params in told]

    def vanish(self) -> None:
        self.connection.vanish()

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Kept:
    """A kept connection, made anew where the server has closed it."""

    def __init__(self, port: int) -> None:
        self.port, self.connection = port, wire.Connection(port)

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> wire.Answer:
        self.connection.send(method, path, headers, body)
        head = self.connection.head()
        answer = wire.Answer(head.status, head.headers, b"" if method == "HEAD" else b"".join(self.connection.chunks(head)))
        if answer.headers.get("connection", "").lower() == "close":
            self.connection.close()
            self.connection = wire.Connection(self.port)
        return answer

    def post(self, message: dict, **named) -> wire.Answer:
        return self.ask("POST", PATH, messages.headers(message, **named), messages.encode(message))

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def open_stream(client: HttpClient) -> tuple[wire.Connection, wire.Head]:
    """A legacy client's GET stream, its head read."""
    connection = wire.Connection(client.port)
    connection.send("GET", PATH, {
        "Accept": "text/event-stream", "Mcp-Session-Id": client.session, "MCP-Protocol-Version": client.version})
    return connection, connection.head()


def is_part(some: list[str], of: list[str]) -> bool:
    """Whether `some` is `of` with some elements left out: in order, none twice."""
    rest = iter(of)
    return all(element in rest for element in some)


def text_of(data: Any) -> str:
    """The line in a log notification's data, which is a string or an object with the line in `text`."""
    return data["text"] if isinstance(data, dict) else data


class HttpClient:
    """One client. `era` is "modern" or "legacy"; a legacy client opens a session and can end it."""

    def __init__(self, port: int, era: str = "modern", version: str | None = None, log_level: str | None = "debug",
                 capabilities: dict[str, Any] | None = None) -> None:
        self.port, self.era, self.log_level, self.capabilities = port, era, log_level, capabilities
        self.version = version or (MODERN if era == "modern" else LEGACY)
        self.schema = schema(self.version)
        self.session: str | None = None
        self._ids = itertools.count(1)
        self.handle: str | None = None  # a session of the modern era, as a tool result named it
        if era == "legacy":
            self._initialize()

    def _initialize(self) -> None:
        message = messages.initialize(self.version, capabilities=self.capabilities)
        self.schema.from_client(message)
        answer = self.post(message, version=None)
        assert answer.status == 200, f"initialize answered {answer.status}: {answer.body!r}"
        body = answer.json()
        self.schema.from_server(body, {0: "initialize"})
        self.initialized = body["result"]
        self.session = answer.headers["mcp-session-id"]
        assert self.notify("notifications/initialized").status == 202
        if self.log_level is not None:
            self.request("logging/setLevel", {"level": self.log_level})

    @classmethod
    def sharing(cls, other: HttpClient) -> HttpClient:
        """A client for another thread, in the session of `other`, whose ids never meet those of that one."""
        client = copy.copy(other)
        client._ids = itertools.count((threading.get_native_id() << 20) + 1)
        return client

    def headers(self, message: dict[str, Any], **named: Any) -> dict[str, str]:
        if self.era == "modern":
            return messages.headers(message)
        return messages.headers(message, session=self.session, version=named.get("version", self.version))

    def post(self, message: Any, **named: Any) -> wire.Answer:
        return wire.request(self.port, "POST", PATH, self.headers(message, **named), messages.encode(message))

    def notify(self, method: str, params: dict[str, Any] | None = None) -> wire.Answer:
        message = messages.notification(method, params)
        self.schema.from_client(message)
        return self.post(message)

    def respond(self, request: dict[str, Any], **outcome: Any) -> wire.Answer:
        """Answers a request of the server's: `result` or `error`."""
        message = {"jsonrpc": "2.0", "id": request["id"], **outcome}
        self.schema.from_client(message, answers=request["method"])
        return self.post(message)

    def message(self, method: str, params: dict[str, Any] | None = None, *, progress: bool = False) -> dict[str, Any]:
        number = next(self._ids)
        token = f"p{number}" if progress else None
        if self.era == "modern":
            return messages.modern(method, params, id=number, progress=token, capabilities=self.capabilities,
                                   log_level=self.log_level if progress else None)
        return messages.legacy(method, params, id=number, progress=token)

    def start(self, method: str, params: dict[str, Any] | None = None, *, progress: bool = False,
              receive_buffer: int | None = None, patience: float = 10) -> Stream:
        return Stream(self, self.message(method, params, progress=progress), receive_buffer, patience)

    def request(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        with self.start(method, params) as stream:
            return stream.drain()

    # --- tools

    def _arguments(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if self.handle is not None and "session" not in arguments:
            return {**arguments, "session": self.handle}
        return arguments

    def tool(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Calls a tool and returns its structured result; AssertionError where it says isError."""
        result = self.request("tools/call", {"name": name, "arguments": self._arguments(arguments)})
        assert not result.get("isError"), f"{name} failed: {result['content']}"
        content = result["structuredContent"]
        if self.era == "modern" and isinstance(content.get("session"), str):
            self.handle = content["session"]
        return content

    def tool_stream(self, name: str, /, *, receive_buffer: int | None = None, patience: float = 10, **arguments: Any) -> Stream:
        """Starts a call that streams; a progress token and the log level go with it."""
        return self.start("tools/call", {"name": name, "arguments": self._arguments(arguments)}, progress=True,
                          receive_buffer=receive_buffer, patience=patience)

    def all_lines(self, process: Any, limit: int = 500) -> tuple[list[str], int]:
        """Every stored line of a process, page by page, and how many were dropped."""
        lines: list[str] = []
        dropped, cursor = 0, None
        deadline = time.monotonic() + within(20)
        while time.monotonic() < deadline:
            page = self.tool("logs_query", process=process, limit=limit, **({"after": cursor} if cursor is not None else {}))
            lines += [line["text"] for line in page["lines"]]
            dropped, cursor = max(dropped, page.get("dropped", 0)), page["cursor"]
            if not page["more"]:
                return lines, dropped
        raise AssertionError("logs_query does not come to an end")

    def end_session(self) -> wire.Answer:
        """DELETE, as a legacy client says goodbye."""
        return wire.request(self.port, "DELETE", PATH, {
            "Mcp-Session-Id": self.session, "MCP-Protocol-Version": self.version})
