"""The kit itself: a validator that accepts everything, or a client that reads past the end, would make every other test green."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable

import pytest

from kit import messages, probes, wire
from kit.schema import InvalidMessage, schema
from kit.settings import LEGACY_VERSIONS, MODERN

DISCOVERED = {
    "resultType": "complete", "supportedVersions": [MODERN], "capabilities": {"tools": {"listChanged": True}}, "ttlMs": 0,
    "cacheScope": "private", "_meta": {messages.SERVER_INFO_KEY: {"name": "host", "version": "0.1.0"}},
}


def result(value: object, id: object = 1) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": id, "result": value}


def error(code: int, **rest: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": "no", **rest}}


def test_modern_messages_are_accepted() -> None:
    modern = schema(MODERN)
    modern.from_client(messages.modern("server/discover"))
    modern.from_client(messages.modern("tools/call", {"name": "slow", "arguments": {}}, progress="p", log_level="info", id="a"))
    modern.from_server(result(DISCOVERED), {1: "server/discover"})
    modern.from_server(error(-32022, data={"supported": [MODERN], "requested": "v999"}), {1: "tools/call"})
    modern.from_server({"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}}, {})


@pytest.mark.parametrize("message", [
    error(-32022), error(-32021, data={"requiredCapabilities": ["sampling"]}), result({"content": []}),
    {"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "x"}}, result({}, id=2), [], {"id": 1, "result": {}},
    {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progress": 1}},
    {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "loud", "data": 1}},
    {"jsonrpc": "2.0", "method": "notifications/unheard", "params": {}},
    {"jsonrpc": "2.0", "id": 1, "result": {"resultType": "complete", "content": []}, "error": {"code": 1, "message": "x"}}],
    ids=lambda message: json.dumps(message)[:60])
def test_wrong_modern_messages_are_refused(message: object) -> None:
    with pytest.raises(InvalidMessage):
        schema(MODERN).from_server(message, {1: "tools/call", None: "tools/call"})


@pytest.mark.parametrize("version", LEGACY_VERSIONS)
def test_each_legacy_version_accepts_its_own_and_refuses_others(version: str) -> None:
    legacy = schema(version)
    legacy.from_client(messages.initialize(version))
    legacy.from_client(messages.notification("notifications/initialized"))
    legacy.from_server(result({"protocolVersion": version, "capabilities": {}, "serverInfo": {"name": "a", "version": "1"}}),
                       {1: "initialize"})
    legacy.from_server(result({}), {1: "ping"})
    for wrong, method in ((result({"content": [{"type": "txt"}]}), "tools/call"), (result({"surplus": 1}), "ping"),
                          (result(DISCOVERED), "server/unheard")):
        with pytest.raises((InvalidMessage, KeyError)):
            legacy.from_server(wrong, {1: method})


def serve(answer: Callable[[socket.socket], None]) -> int:
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with listener:
            peer, _ = listener.accept()
            with peer:
                while b"\r\n\r\n" not in peer.recv(65536):
                    continue
                answer(peer)

    threading.Thread(target=run, daemon=True).start()
    return listener.getsockname()[1]


def chunk(text: str) -> bytes:
    return f"{len(text):x}\r\n{text}\r\n".encode()


STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def events_of(answer: Callable[[socket.socket], None]) -> tuple[wire.Connection, list[dict[str, str]]]:
    connection = wire.Connection(serve(answer))
    connection.send("GET", "/")
    found = []
    try:
        for event in connection.events(connection.head()):
            found.append(event)
    except wire.Ended:
        found.append({"end": "early"})
    connection.close()
    return connection, found


def test_events_are_put_together_from_any_pieces() -> None:
    text = ": comment\n\nid: 1\ndata: {\"a\":\ndata: 1}\n\nevent: message\r\ndata: x\r\n\r\n"
    for step in (1, 3, 1000):
        pieces = b"".join(chunk(text[i:i + step]) for i in range(0, len(text), step)) + b"0\r\n\r\n"
        connection, found = events_of(lambda peer, pieces=pieces: peer.sendall(STREAM + pieces))
        assert found == [{"id": "1", "data": '{"a":\n1}'}, {"event": "message", "data": "x"}]
        assert connection.ended_properly


def test_a_cut_stream_is_told_from_an_ended_one() -> None:
    connection, found = events_of(lambda peer: peer.sendall(STREAM + chunk("data: x\n\n")))
    assert found == [{"data": "x"}, {"end": "early"}] and not connection.ended_properly


def test_a_reset_is_told_from_an_end() -> None:
    def reset(peer: socket.socket) -> None:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with wire.Connection(serve(reset)) as connection:
        connection.send("GET", "/")
        assert connection.wait_for_end() is False
    with wire.Connection(serve(lambda peer: None)) as connection:
        connection.send("GET", "/")
        assert connection.wait_for_end() is True


def test_zombies_count_as_there_and_not_as_running() -> None:
    mark = f"AMBIT_TEST_MARK={uuid.uuid4().hex}"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env=dict([mark.split("=")])) as child:
        probes.until(lambda: probes.marked(mark) == [child.pid], 5, "the child has started")
        assert child.pid in probes.descendants(probes.os.getpid())
        child.stdin.close()
        probes.until(lambda: not probes.is_running(child.pid), 5, "the child has ended")
        assert probes.is_alive(child.pid)
    assert not probes.is_alive(child.pid)


def test_a_snapshot_tells_what_is_not_back() -> None:
    then = probes.Snapshot({"tasks": 1, "threads": 5}, {"children": 0, "descriptors": 9})
    assert probes.Snapshot({"tasks": 1, "threads": 4}, {"children": 0, "descriptors": 9}).excess(then) == {}
    assert probes.Snapshot({"tasks": 2, "threads": 10}, {"children": 1, "descriptors": 9}).excess(then) == {
        "tasks": (2, 1), "threads": (10, 5), "system children": (1, 0)}
    assert probes.Snapshot({"tasks": 1, "threads": 9}, {"children": 0, "descriptors": 9}).excess(then) == {}
    assert probes.Snapshot({"tasks": 0, "threads": 5}, {"children": 0, "descriptors": 9}).excess(then) == {"tasks": (0, 1)}
    assert probes.Snapshot({"threads": 5}, {"children": 0, "descriptors": 9}).excess(then) == {"tasks": (-1, 1)}
