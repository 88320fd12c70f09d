"""The client of fastmcp, in both eras and on both transports, with the wire recorded and validated as in `sdk`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

# The settings of whoever runs the tests are not theirs.
os.environ["FASTMCP_ENV_FILE"] = os.devnull

from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport

from . import sdk
from .server import HttpServer, binary
from .settings import SERVER_ARGUMENTS, within


def judge(record: sdk.Record, invalid: Sequence[str] = ()) -> None:
    """`invalid`: what the schemas say against messages of this story, if anything."""
    assert record.sent and record.received, "nothing was recorded"
    assert record.invalid == list(invalid), "\n\n".join(record.invalid)


@asynccontextmanager
async def over_http(
    server: HttpServer, era: str, *, invalid: Sequence[str] = (), **options: Any,
) -> AsyncIterator[tuple[Client, sdk.Record]]:
    record = sdk.Record(era)
    transport = StreamableHttpTransport(
        server.url, httpx_client_factory=lambda **given: httpx2.AsyncClient(transport=sdk._TappedTransport(record), **given))
    async with Client(transport, mode=sdk.MODES[era], timeout=within(20), **options) as client:
        yield client, record
    judge(record, invalid)


def stdio_transport(folder: Path, arguments: Sequence[str] = (), *, keep_alive: bool = False) -> StdioTransport:
    """Starts the server, whose wire is written down in this folder. What fastmcp does unless told otherwise is to keep it alive."""
    command = [str(sdk.TAP), str(folder / "wire.jsonl"), binary(), "stdio", *arguments, *SERVER_ARGUMENTS]
    return StdioTransport(sys.executable, command, env=dict(os.environ), keep_alive=keep_alive)


def read_wire(folder: Path, era: str) -> sdk.Record:
    """What has passed so far."""
    record = sdk.Record(era)
    for direction, text in map(json.loads, (folder / "wire.jsonl").read_text().splitlines()):
        if direction == "client":
            message = json.loads(text)
            record.client(message)
            if "id" in message and "method" in message:
                record.methods[message["id"]] = message["method"]
        elif direction == "server":
            record.server(json.loads(text), record.methods)
    return record


@asynccontextmanager
async def over_stdio(
    folder: Path, era: str, arguments: Sequence[str] = (), *, invalid: Sequence[str] = (), **options: Any,
) -> AsyncIterator[tuple[Client, sdk.Record]]:
    """The record is filled when the server has ended."""
    record = sdk.Record(era)
    async with Client(stdio_transport(folder, arguments), mode=sdk.MODES[era], timeout=within(20), **options) as client:
        yield client, record
    vars(record).update(vars(read_wire(folder, era)))
    judge(record, invalid)
