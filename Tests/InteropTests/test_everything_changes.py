"""What clients of Plugins/Everything are told of: lists that change, and a resource that they watch; both eras, both transports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from kit import messages
from kit.http_client import HttpClient, open_stream
from kit.listen import ACKNOWLEDGED, listen, subscription
from kit.peer import Peer
from kit.schema import schema
from kit.server import HttpServer
from kit.settings import LEGACY_VERSIONS
from kit.stdio_client import StdioClient

import everything
from everything import WATCHED

import json

UPDATED = "notifications/resources/updated"
# The tool that triggers it, what a listen asks for, the notification.
TRIGGERS = [
    ("test_trigger_tool_change", {"toolsListChanged": True}, "notifications/tools/list_changed"),
    ("test_trigger_prompt_change", {"promptsListChanged": True}, "notifications/prompts/list_changed"),
    ("test_trigger_resource_change", {"resourcesListChanged": True}, "notifications/resources/list_changed"),
    ("test_touch_watched_resource", {"resourceSubscriptions": [WATCHED]}, UPDATED),
]
# Both eras and transports have them; each test has a server of its own, so that nothing is heard of an earlier one.
trigger = pytest.mark.parametrize("tool, wanted, method", TRIGGERS, ids=[trigger[0] for trigger in TRIGGERS])


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer(*everything.arguments()) as running:
        yield running


def is_right(message: dict[str, Any], method: str) -> None:
    assert message["method"] == method, message
    if method == UPDATED:
        assert message["params"]["uri"] == WATCHED


@trigger
def test_a_listen_hears_of_it(server: HttpServer, tool: str, wanted: dict[str, Any], method: str) -> None:
    client = HttpClient(server.port)
    stream = listen(client, **wanted)
    assert stream.notifications[0]["params"]["notifications"] == wanted
    # One that wants everything else hears nothing of it.
    others = {name: value for _, wish, _ in TRIGGERS for name, value in wish.items() if name not in wanted}
    deaf = listen(client, **others)
    assert Peer(client).tool(tool).result
    message = stream.next()
    is_right(message, method)
    assert subscription(message) == stream.id
    server.terminate()
    deaf.drain()
    assert [n["method"] for n in deaf.notifications] == [ACKNOWLEDGED]


@trigger
def test_a_listen_on_stdio_hears_of_it(tool: str, wanted: dict[str, Any], method: str) -> None:
    with StdioClient(*everything.arguments()) as client:
        id = client.start("subscriptions/listen", {"notifications": wanted})
        assert client.receive()["method"] == ACKNOWLEDGED
        client.request("tools/call", {"name": tool, "arguments": {}})
        told = [n for n in client.notifications if n["method"] != ACKNOWLEDGED] or [client.receive()]
        is_right(told[0], method)
        assert subscription(told[0]) == id


@trigger
@pytest.mark.parametrize("version", LEGACY_VERSIONS)
def test_a_session_hears_of_it_on_its_stream(server: HttpServer, version: str, tool: str, wanted: dict[str, Any], method: str) -> None:
    client = HttpClient(server.port, "legacy", version)
    if method == UPDATED:
        assert client.request("resources/subscribe", {"uri": WATCHED}) == {}
    connection, head = open_stream(client)
    assert head.status == 200
    Peer(client).tool(tool)
    message = next(json.loads(event["data"]) for event in connection.events(head) if event.get("data"))
    schema(version).from_server(message, {})
    is_right(message, method)
    connection.close()
    client.end_session()


@trigger
def test_a_session_on_stdio_hears_of_it(tool: str, wanted: dict[str, Any], method: str) -> None:
    with StdioClient(*everything.arguments(), era="legacy") as client:
        if method == UPDATED:
            client.request("resources/subscribe", {"uri": WATCHED})
        client.request("tools/call", {"name": tool, "arguments": {}})
        while not client.notifications:
            client.receive()
        is_right(client.notifications[0], method)


def test_whoever_does_not_watch_a_resource_is_not_told() -> None:
    with StdioClient(*everything.arguments(), era="legacy") as client:
        client.request("tools/call", {"name": "test_touch_watched_resource", "arguments": {}})
        client.request("resources/subscribe", {"uri": WATCHED})
        client.request("resources/unsubscribe", {"uri": WATCHED})
        client.request("tools/call", {"name": "test_touch_watched_resource", "arguments": {}})
        # What comes next is told in order.
        client.request("tools/call", {"name": "test_trigger_tool_change", "arguments": {}})
        while not client.notifications:
            client.receive()
        assert client.notifications[0]["method"] == "notifications/tools/list_changed"
        assert messages.notification(UPDATED)["method"] not in [n["method"] for n in client.notifications]
