"""Batches of 2025-03-26 (DIGEST 2.5): several messages in one POST, or on one line; no other version has them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from kit import messages, probes, wire
from kit.http_client import PATH, HttpClient
from kit.programs import Gate
from kit.resume import resume
from kit.server import HttpServer, flags
from kit.stdio_client import StdioClient

VERSION = "2025-03-26"
WAITS = "import sys\nprint('started', flush=True)\nopen(sys.argv[1]).read()\nprint('ended', flush=True)\n"


def ping(id: Any) -> dict[str, Any]:
    return messages.legacy("ping", id=id)


def run(id: Any, *argv: str, progress: bool = False) -> dict[str, Any]:
    arguments = {"argv": list(argv), "mode": "stream" if progress else "wait"}
    return messages.legacy("tools/call", {"name": "process_run", "arguments": arguments}, id=id, progress=f"p{id}" if progress else None)


def cancel(id: Any) -> dict[str, Any]:
    return messages.notification("notifications/cancelled", {"requestId": id})


def check(client: HttpClient, answers: list[dict[str, Any]], batch: list[Any]) -> None:
    methods = {each["id"]: each["method"] for each in batch if isinstance(each, dict) and "method" in each and "id" in each}
    for answer in answers:
        # Of what could not be read there is no id to give back, which the schema of this version has no word for.
        if "id" in answer:
            client.schema.from_server(answer, methods)


def post(client: HttpClient, batch: list[Any]) -> wire.Connection:
    """Nothing is read."""
    connection = wire.Connection(client.port)
    connection.send("POST", PATH, client.headers(batch), messages.encode(batch))
    return connection


@pytest.fixture(scope="module")
def client(server: HttpServer) -> HttpClient:
    return HttpClient(server.port, "legacy", VERSION)


def test_each_request_is_answered_in_one_array(client: HttpClient) -> None:
    batch = [ping(1), cancel(99), run(2, "true"), ping("three"),
             messages.legacy("tools/list", id=4)]
    answer = client.post(batch)
    assert answer.status == 200 and answer.content_type == "application/json"
    answers = answer.json()
    assert [each["id"] for each in answers] == [1, 2, "three", 4]
    check(client, answers, batch)


def test_one_request_in_an_array_is_answered_by_an_array(client: HttpClient) -> None:
    assert client.post([ping(7)]).json() == [{"jsonrpc": "2.0", "id": 7, "result": {}}]


def test_without_a_request_it_is_taken(client: HttpClient) -> None:
    answer = client.post([cancel(77), {"jsonrpc": "2.0", "id": "srv-77", "result": {}}])
    assert (answer.status, answer.body) == (202, b"")


def test_each_bad_message_has_its_own_error(client: HttpClient) -> None:
    batch = [ping(1), 7, [ping(2)], {}, {"jsonrpc": "2.0", "id": 3, "method": 5}, messages.initialize(VERSION),
             messages.modern("tools/list", id=5), messages.legacy("nothing/here", id=6), run(8, "true")]
    answer = client.post(batch)
    assert answer.status == 200
    assert [(each.get("id"), each.get("error", {}).get("code")) for each in answer.json()] == [
        (1, None), (None, -32600), (None, -32600), (None, -32600), (3, -32600), (0, -32600), (5, -32600), (6, -32601), (8, None)]
    assert "initialize" in answer.json()[5]["error"]["message"]
    check(client, answer.json(), batch)
    bad = client.post([1, {}])
    assert bad.status == 400 and [each["error"]["code"] for each in bad.json()] == [-32600, -32600]


def test_an_empty_one_and_one_that_is_too_long_are_refused_as_a_whole(client: HttpClient) -> None:
    for batch in ([], [ping(number) for number in range(101)]):
        answer = client.post(batch)
        assert answer.status == 400 and answer.json()["error"]["code"] == -32600 and "id" not in answer.json()
    assert "100" in answer.json()["error"]["message"]
    assert len(client.post([ping(number) for number in range(100)]).json()) == 100


@pytest.mark.parametrize("version", ["2024-11-05", "2025-06-18", "2025-11-25"])
def test_no_other_version_has_them(server: HttpServer, version: str) -> None:
    other = HttpClient(server.port, "legacy", version)
    answer = other.post([ping(1)])
    assert answer.status == 400 and answer.json()["error"]["code"] == -32600
    other.end_session()


def test_neither_has_a_client_without_a_session(server: HttpServer) -> None:
    for message in (ping(1), messages.modern("tools/list"), messages.initialize(VERSION)):
        answer = wire.request(server.port, "POST", PATH, messages.headers(message), messages.encode([message]))
        assert answer.status == 400 and answer.json()["error"]["code"] == -32600
    gone = wire.request(server.port, "POST", PATH, messages.headers(ping(1), session="gone"), messages.encode([ping(1)]))
    assert gone.status == 404


def test_where_one_reports_each_answer_is_an_event(client: HttpClient, tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text(WAITS)
    gate = Gate(tmp_path / "gate")
    batch = [ping(1), run(2, sys.executable, str(tmp_path / "waits.py"), str(gate.path), progress=True), run(3, "true")]
    connection = post(client, batch)
    head = connection.head()
    with connection:
        assert head.content_type == "text/event-stream"
        events = connection.events(head)
        found = [json.loads(next(events)["data"])]
        # The others need not wait for the slow one.
        while {each["id"] for each in found if "id" in each} < {1, 3}:
            found.append(json.loads(next(events)["data"]))
        gate.open()
        found += [json.loads(event["data"]) for event in events]
        assert connection.ended_properly
    assert sorted(each["id"] for each in found if "id" in each) == [1, 2, 3] and found[-1]["id"] == 2
    check(client, found, batch)
    assert {each["params"].get("progressToken", "p2") for each in found if "method" in each} == {"p2"}


def test_cancelling_works_for_each_and_for_all(client: HttpClient, server: HttpServer) -> None:
    connection = post(client, [run(1, "sleep", "1000"), ping(2)])
    with connection:
        probes.until(lambda: server.gauge("processes") == 1, 5, "the program runs")
        assert client.notify("notifications/cancelled", {"requestId": 1}).status == 202
        answer = connection.answer()
        assert [each["id"] for each in answer.json()] == [2]
    connection = post(client, [run(1, "sleep", "1000"), run(2, "sleep", "1000")])
    with connection:
        probes.until(lambda: server.gauge("processes") == 2, 5, "the programs run")
        assert client.post([cancel(1), cancel(2)]).status == 202
        assert connection.answer().body == b""
    probes.until(lambda: server.gauge("processes") == 0, 5, "the programs are gone")


@pytest.mark.parametrize("kept", ["0", "1000"])
def test_a_client_that_vanishes_ends_all_of_them_after_their_grace(kept: str) -> None:
    with HttpServer(*flags(detach_grace="300ms", max_replay_events=kept)) as server:
        client = HttpClient(server.port, "legacy", VERSION)
        connection = post(client, [run(1, "sleep", "1000"), run(2, "sleep", "1000"), ping(3)])
        probes.until(lambda: server.gauge("processes") == 2, 5, "the programs run")
        connection.vanish()
        probes.until(lambda: server.gauge("processes") == server.gauge("calls") == 0, 5, "the programs are gone")
        client.end_session()


def test_the_stream_of_a_batch_can_be_resumed(client: HttpClient, tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text(WAITS)
    gate = Gate(tmp_path / "gate")
    slow = run(2, sys.executable, str(tmp_path / "waits.py"), str(gate.path), progress=True)
    connection = post(client, [ping(1), slow])
    head = connection.head()
    events = connection.events(head)
    first = next(events)
    while json.loads(first["data"]).get("id") != 1:
        first = next(events)
    connection.vanish()
    with resume(client, first["id"], slow) as rest:
        gate.open()
        rest.drain()
        assert rest.messages[-1]["id"] == 2 and all(each.get("id") != 1 for each in rest.messages)


def test_a_line_of_stdio_is_answered_by_a_line() -> None:
    with StdioClient(era="legacy", version=VERSION) as client:
        batch = [ping(21), messages.legacy("tools/list", id=22), run(23, "true"), 7]
        client.send_bytes(messages.encode(batch) + b"\n")
        answers = client.receive_batch()
        assert [each.get("id") for each in answers] == [21, 22, 23, None] and answers[3]["error"]["code"] == -32600
        # None where there is nothing to answer, and an error where it is nothing.
        client.send_bytes(messages.encode([cancel(5)]) + b"\n")
        client.send_bytes(b"[]\n")
        assert client.receive_batch()["error"]["code"] == -32600
        client.send_bytes(messages.encode([run(31, "sleep", "1000"), cancel(31), ping(32)]) + b"\n")
        assert client.receive_batch() == [{"jsonrpc": "2.0", "id": 32, "result": {}}]
    for era, version in (("legacy", "2025-11-25"), ("modern", None)):
        with StdioClient(era=era, version=version) as client:
            client.send_bytes(messages.encode([ping(1)]) + b"\n")
            assert client.receive_batch()["error"]["code"] == -32600
