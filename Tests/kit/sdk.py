"""The official Python SDK as client, in both eras and on both transports, with the wire recorded and validated."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from .schema import schema
from .server import HttpServer, binary
from .settings import LEGACY, MODERN, SERVER_ARGUMENTS, within

TAP = Path(__file__).with_name("tap.py")
# `auto` asks with server/discover and takes the modern era; `pinned` is modern without asking.
MODES = {"modern": "auto", "pinned": MODERN, "legacy": "legacy"}


def play(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs a story; an error inside the SDK's nested task groups comes out as itself."""
    try:
        asyncio.run(story())
    except BaseExceptionGroup as group:
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
            error = error.exceptions[0]
        raise error from None


class Record:
    """Everything that went over the wire, validated as it went by (HTTP) or at the end (stdio)."""

    def __init__(self, era: str) -> None:
        self.schema = schema(LEGACY if era == "legacy" else MODERN)
        self.sent: list[dict[str, Any]] = []
        self.received: list[dict[str, Any]] = []
        self.invalid: list[str] = []
        self.answers: list[tuple[str, int, str]] = []  # method, status and content type of each HTTP response
        self.asked: dict[Any, str] = {}  # method of each request of the server's, by its id
        self.methods: dict[Any, str] = {}  # and of each of the client's

    def client(self, message: dict[str, Any]) -> None:
        self.sent.append(message)
        self._judge(lambda: self.schema.from_client(message, answers=self.asked.get(message.get("id"), "")))

    def server(self, message: dict[str, Any], methods: dict[Any, str]) -> None:
        self.received.append(message)
        if "method" in message and "id" in message:
            self.asked[message["id"]] = message["method"]
        self._judge(lambda: self.schema.from_server(message, methods))

    def _judge(self, check: Any) -> None:
        try:
            check()
        except AssertionError as error:
            self.invalid.append(str(error))

    def assert_valid(self) -> None:
        assert self.sent and self.received, "nothing was recorded"
        assert not self.invalid, "\n\n".join(self.invalid)

    def methods_sent(self) -> list[str]:
        return [message.get("method", "") for message in self.sent]


class _TappedStream(httpx2.AsyncByteStream):
    """A response body that is written down as it passes."""

    def __init__(self, inner: Any, record: Record, response: httpx2.Response, methods: dict[Any, str]) -> None:
        self.inner, self.record, self.methods = inner, record, methods
        self.kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        self.buffer = b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in self.inner:
            self.buffer += data
            if self.kind == "text/event-stream":
                while b"\n\n" in self.buffer.replace(b"\r\n", b"\n"):
                    block, _, self.buffer = self.buffer.replace(b"\r\n", b"\n").partition(b"\n\n")
                    text = "\n".join(line[5:].removeprefix(" ") for line in block.decode().split("\n")
                                     if line.startswith("data:"))
                    if text:
                        self.record.server(json.loads(text), self.methods)
            yield data
        if self.kind == "application/json" and self.buffer:
            self.record.server(json.loads(self.buffer), self.methods)

    async def aclose(self) -> None:
        await self.inner.aclose()


class _TappedTransport(httpx2.AsyncHTTPTransport):
    def __init__(self, record: Record) -> None:
        super().__init__()
        self.record = record

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        methods: dict[Any, str] = {}
        body = await request.aread()
        if body:
            message = json.loads(body)
            self.record.client(message)
            if "id" in message and "method" in message:
                methods[message["id"]] = self.record.methods[message["id"]] = message["method"]
        elif request.method == "GET":
            methods = self.record.methods  # it may come back for the answer to an earlier request
        response = await super().handle_async_request(request)
        self.record.answers.append((request.method, response.status_code, response.headers.get("content-type", "")))
        response.stream = _TappedStream(response.stream, self.record, response, methods)
        return response


@asynccontextmanager
async def over_http(server: HttpServer, era: str, **callbacks: Any) -> AsyncIterator[tuple[Client, Record]]:
    record = Record(era)
    timeout = httpx2.Timeout(within(10), read=within(30))
    async with httpx2.AsyncClient(transport=_TappedTransport(record), timeout=timeout) as http:
        transport = streamable_http_client(server.url, http_client=http)
        async with Client(transport, mode=MODES[era], read_timeout_seconds=within(20), **callbacks) as client:
            yield client, record
    record.assert_valid()


@asynccontextmanager
async def over_stdio(
    folder: Path, era: str, arguments: Sequence[str] = (), **callbacks: Any,
) -> AsyncIterator[tuple[Client, Record]]:
    """`arguments` are the server's, besides its usual ones."""
    record, path = Record(era), folder / "wire.jsonl"
    parameters = StdioServerParameters(
        command=sys.executable, args=[str(TAP), str(path), binary(), "stdio", *arguments, *SERVER_ARGUMENTS])
    async with Client(stdio_client(parameters), mode=MODES[era], read_timeout_seconds=within(20),
                      **callbacks) as client:
        yield client, record
    methods: dict[Any, str] = {}
    for direction, text in map(json.loads, path.read_text().splitlines()):
        if direction == "client":
            message = json.loads(text)
            record.client(message)
            if "id" in message and "method" in message:
                methods[message["id"]] = message["method"]
        elif direction == "server":
            record.server(json.loads(text), methods)
    record.assert_valid()


def server_pid(folder: Path) -> int:
    """The process id of the stdio server that `over_stdio` started in this folder."""
    return json.loads((folder / "wire.jsonl").read_text().splitlines()[0])[1]
