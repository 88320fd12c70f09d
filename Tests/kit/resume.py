"""A legacy client that reads a stream with its event ids, loses it and goes on with it (DIGEST 2.4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from . import messages, wire
from .http_client import PATH, HttpClient


class Reader:
    """One connection of a stream. Every message is validated; what comes without data is `primings`."""

    def __init__(self, client: HttpClient, connection: wire.Connection, methods: dict[Any, str]) -> None:
        self.client, self.connection, self.methods = client, connection, methods
        self.head = connection.head()
        self.ids: list[str] = []
        self.primings: list[dict[str, str]] = []
        self.messages: list[dict[str, Any]] = []
        self._events = self._read()

    def _read(self) -> Iterator[dict[str, Any]]:
        for event in self.connection.events(self.head):
            assert "id" in event, f"an event without an id: {event}"
            if not event["data"]:
                self.primings.append(event)
                self.ids.append(event["id"])
                continue
            message = json.loads(event["data"])
            self.client.schema.from_server(message, self.methods)
            self.ids.append(event["id"])
            self.messages.append(message)
            yield message

    def next(self) -> dict[str, Any] | None:
        """The next message; None at the end of the stream."""
        return next(self._events, None)

    def drain(self) -> list[dict[str, Any]]:
        """What is still to come."""
        return list(self._events)

    def is_silent(self, seconds: float) -> bool:
        """Whether no message comes for so long, and no end. The last that can be asked of it."""
        self.connection.socket.settimeout(seconds)
        try:
            self.next()
        except TimeoutError:
            return True
        return False

    @property
    def last(self) -> str:
        """The id that the client comes back with."""
        return self.ids[-1]

    def vanish(self) -> None:
        self.connection.vanish()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def call(client: HttpClient, tool: str, /, **arguments: Any) -> tuple[Reader, dict[str, Any]]:
    """A call that streams, and its message."""
    message = client.message("tools/call", {"name": tool, "arguments": arguments}, progress=True)
    client.schema.from_client(message)
    connection = wire.Connection(client.port)
    connection.send("POST", PATH, client.headers(message), messages.encode(message))
    return Reader(client, connection, {message["id"]: "tools/call"}), message


def resume(client: HttpClient, last: str | None, message: dict[str, Any] | None = None) -> Reader:
    """The stream that had this event; `message` is the request that it answers. None: a new stream of the session."""
    connection = wire.Connection(client.port)
    connection.send("GET", PATH, {
        "Accept": "text/event-stream", "Mcp-Session-Id": client.session, "MCP-Protocol-Version": client.version, "Last-Event-ID": last})
    return Reader(client, connection, {message["id"]: message["method"]} if message else {})


def lines(found: list[dict[str, Any]]) -> list[str]:
    """The output in log notifications, by their lines."""
    data = [message["params"]["data"] for message in found if message.get("method") == "notifications/message"]
    return [each["text"] if isinstance(each, dict) else each for each in data]
