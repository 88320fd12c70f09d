"""Streams that their client loses and goes on with, in sessions over HTTP (DIGEST 2.4): nothing is missed, nothing comes twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kit import messages, probes, wire
from kit.http_client import PATH, HttpClient
from kit.plugins import compiled
from kit.programs import Gate
from kit.resume import Reader, call, lines, resume
from kit.server import HttpServer, binary, flags
from kit.settings import LEGACY_VERSIONS, REPOSITORY

COUNT = """\
import sys
for part in range(2):
    with open(sys.argv[1 + part]) as gate: gate.read()
    print(*range(part * 5, part * 5 + 5), sep="\\n", flush=True)
"""


class Counter:
    """A call whose program prints 0 to 4 at the first gate, 5 to 9 at the second."""

    def __init__(self, client: HttpClient, folder: Path) -> None:
        self.client = client
        folder.mkdir(exist_ok=True)
        (folder / "count.py").write_text(COUNT)
        self.gates = [Gate(folder / "first"), Gate(folder / "second")]
        self.reader, self.message = call(
            client, "process_run", argv=[sys.executable, str(folder / "count.py"), *(str(gate.path) for gate in self.gates)], mode="stream")

    def begin(self) -> Reader:
        self.gates[0].open()
        while len(lines(self.reader.messages)) < 5:
            assert self.reader.next() is not None
        return self.reader

    def resume(self, last: str) -> Reader:
        return resume(self.client, last, self.message)


def refused(client: HttpClient, last: str) -> str:
    """What a client is told that comes back to a stream that is gone."""
    answer = wire.request(client.port, "GET", PATH, {
        "Accept": "text/event-stream", "Mcp-Session-Id": client.session, "MCP-Protocol-Version": client.version, "Last-Event-ID": last})
    client.schema.from_server(answer.json(), {})
    assert answer.status == 400 and answer.json()["error"]["code"] == -32600
    return answer.json()["error"]["message"]


def places(reader: Reader) -> list[int]:
    return [int(id.rpartition("-")[2]) for id in reader.ids]


@pytest.mark.parametrize("version", LEGACY_VERSIONS[1:])
def test_a_stream_is_resumed_where_it_broke(server: HttpServer, tmp_path: Path, version: str) -> None:
    client = HttpClient(server.port, "legacy", version)
    counter = Counter(client, tmp_path)
    # It has read a part of what was sent, when the network goes.
    first = counter.reader
    counter.gates[0].open()
    while len(lines(first.messages)) < 2:
        assert first.next() is not None
    first.vanish()
    counter.gates[1].open()
    with counter.resume(first.last) as second:
        second.drain()
        assert lines(first.messages) + lines(second.messages) == [str(number) for number in range(10)]
        assert "error" not in second.messages[-1] and not second.messages[-1]["result"].get("isError")
        assert second.connection.ended_properly
        whole = places(first) + places(second)
        assert whole == list(range(whole[0], whole[0] + len(whole))), "an event was left out, or came twice"
        stream = first.last.rpartition("-")[0]
        assert all(id.rpartition("-")[0] == stream for id in first.ids + second.ids)
    # Any number of times, also after the end.
    with counter.resume(second.ids[-2]) as again:
        again.drain()
        assert again.ids == second.ids[-1:] and again.messages == second.messages[-1:]
    with counter.resume(second.last) as nothing:
        assert nothing.drain() == [] and nothing.connection.ended_properly
    client.end_session()


def test_who_is_at_the_other_end_is_no_matter_to_the_call(server: HttpServer, tmp_path: Path) -> None:
    """The second connection comes before the first has gone: the stream is its own from then on."""
    client = HttpClient(server.port, "legacy")
    counter = Counter(client, tmp_path)
    first = counter.begin()
    with counter.resume(first.ids[1]) as second:
        assert second.next() is not None
        assert first.drain() == [] and first.connection.ended_properly
        counter.gates[1].open()
        second.drain()
        assert second.ids[0] == first.ids[2]
        assert lines(first.messages[:1]) + lines(second.messages) == [str(number) for number in range(10)]
    client.end_session()


def test_a_call_goes_on_while_its_client_is_away_and_no_longer_than_its_grace(tmp_path: Path) -> None:
    with HttpServer(*flags(resume_grace="600ms", detach_grace="100ms")) as server:
        client = HttpClient(server.port, "legacy")
        counter = Counter(client, tmp_path)
        first = counter.begin()
        first.vanish()
        # It comes back in time: the grace is over, the call is not.
        with counter.resume(first.last) as second:
            late = time.monotonic() + 0.9
            while time.monotonic() < late:
                assert server.gauge("calls") == 1
                time.sleep(0.05)
            counter.gates[1].open()
            second.drain()
            assert lines(second.messages) == ["5", "6", "7", "8", "9"]
        # It does not come back.
        lost = Counter(client, tmp_path / "again")
        reader = lost.begin()
        reader.vanish()
        probes.until(lambda: server.gauge("calls") == 0, 5, "the call ends after its grace")
        # Later it learns what has become of it, with the id of its request.
        with lost.resume(reader.last) as late:
            answer = late.drain()[-1]
            assert answer["id"] == lost.message["id"] and late.connection.ended_properly
            assert answer["error"]["code"] == -32603 and "did not come back within 600 ms (resume-grace)" in answer["error"]["message"]
        client.end_session()
        probes.until(lambda: server.gauge("replayEvents") == server.gauge("replayBytes") == 0, 5, "what was kept goes with its session")


def test_events_are_replayed_to_their_own_session_only(server: HttpServer, tmp_path: Path) -> None:
    mine, other = HttpClient(server.port, "legacy"), HttpClient(server.port, "legacy")
    counter = Counter(mine, tmp_path)
    first = counter.begin()
    assert "or never was" in refused(other, first.ids[0])
    counter.gates[1].open()
    first.drain()
    # And to their own stream: another one of this session is another one.
    rest, _ = call(mine, "process_run", argv=["echo", "other"], mode="stream")
    with rest:
        rest.drain()
        assert rest.ids[0].rpartition("-")[0] != first.ids[0].rpartition("-")[0]
    with counter.resume(first.ids[-2]) as again:
        assert again.drain() == first.messages[-1:]
    for client in (mine, other):
        client.end_session()


def test_ids_that_the_server_does_not_know_are_told_and_nonsense_is_refused(server: HttpServer) -> None:
    client = HttpClient(server.port, "legacy")
    # The session's own stream goes on with what comes; an answer that is gone never comes.
    with resume(client, "g1-1") as stream:
        assert stream.head.status == 200 and stream.head.content_type == "text/event-stream"
    for unknown in ("p1-0", "p900-3"):
        assert "send the request again" in refused(client, unknown)
    for nonsense in ("1", "p1", "p1-x", "p01-1", "x" * 200):
        answer = wire.request(server.port, "GET", PATH, {
            "Accept": "text/event-stream", "Mcp-Session-Id": client.session, "Last-Event-ID": nonsense})
        assert answer.status == 400 and answer.json()["error"]["code"] == -32600
    client.end_session()
    answer = wire.request(server.port, "GET", PATH, {
        "Accept": "text/event-stream", "Mcp-Session-Id": client.session, "Last-Event-ID": "p1-0"})
    assert answer.status == 404


def test_what_is_kept_is_bounded_and_the_answer_still_comes(tmp_path: Path) -> None:
    with HttpServer(*flags(max_replay_events="20", replay_age="1s")) as server:
        client = HttpClient(server.port, "legacy")
        reader, message = call(client, "process_run", argv=["seq", "1", "500"], mode="stream")
        with reader:
            reader.drain()
        assert len(lines(reader.messages)) == 500 and server.gauge("replayEvents") == 20
        with resume(client, reader.ids[0], message) as late:
            late.drain()
            # What is kept, in order, and the answer: the rest is gone.
            assert late.ids == reader.ids[-20:] and late.messages == reader.messages[-20:]
        probes.until(lambda: server.gauge("replayEvents") == 0, 5, "nothing is kept for longer than its age")
        assert "replay-age" in refused(client, reader.ids[-2])
        client.end_session()


def test_with_nothing_kept_streams_are_as_plain_as_ever(tmp_path: Path) -> None:
    with HttpServer(*flags(max_replay_events="0")) as server:
        client = HttpClient(server.port, "legacy")
        with client.tool_stream("process_run", argv=["seq", "1", "3"], mode="stream") as stream:
            assert stream.open().content_type == "text/event-stream"
            events = list(stream.connection.events(stream.head))
            assert len(events) > 3 and all(event.keys() == {"data"} for event in events)
        client.end_session()


@pytest.mark.parametrize("version", LEGACY_VERSIONS)
def test_only_clients_that_know_it_are_primed(server: HttpServer, version: str) -> None:
    client = HttpClient(server.port, "legacy", version)
    reader, _ = call(client, "process_run", argv=["echo", "x"], mode="stream")
    with reader:
        reader.drain()
        with resume(client, None) as stream:
            assert stream.head.status == 200
            if version == "2025-11-25":
                assert reader.primings == [{"id": reader.ids[0], "retry": "1000", "data": ""}] and places(reader)[0] == 0
                assert next(stream.connection.events(stream.head)) == {"id": "g1-0", "retry": "1000", "data": ""}
            else:
                assert reader.primings == [] and places(reader)[0] == 1
                assert stream.is_silent(0.2)
    client.end_session()


def test_answers_that_are_no_streams_have_no_ids_and_nothing_is_kept(server: HttpServer) -> None:
    client = HttpClient(server.port, "legacy")
    kept = server.gauge("replayEvents")
    with client.start("tools/call", {"name": "process_run", "arguments": {"argv": ["true"], "mode": "wait"}}) as plain:
        assert plain.open().content_type == "application/json"
        plain.drain()
    assert server.gauge("replayEvents") <= kept
    client.end_session()
    modern = HttpClient(server.port)
    with modern.tool_stream("process_run", argv=["echo", "x"], mode="stream") as stream:
        assert all(event.keys() == {"data"} for event in stream.connection.events(stream.open()))


def test_a_quiet_call_that_became_a_stream_can_be_resumed(tmp_path: Path) -> None:
    with HttpServer(*flags(keep_alive="200ms", stream_retry="1500ms")) as server:
        client = HttpClient(server.port, "legacy")
        gate = Gate(tmp_path / "gate")
        message = client.message("tools/call", {"name": "process_run", "arguments": {"argv": ["cat", str(gate.path)], "mode": "wait"}})
        connection = wire.Connection(server.port)
        connection.send("POST", PATH, client.headers(message), messages.encode(message))
        assert next(connection.events(connection.head())) == {"id": "p1-0", "retry": "1500", "data": ""}
        connection.vanish()
        with resume(client, "p1-0", message) as back:
            gate.open()
            assert back.next()["result"]["structuredContent"]["exitCode"] == 0
            assert back.ids == ["p1-1"]
        client.end_session()


def test_a_session_stream_goes_on_with_what_its_client_has_missed() -> None:
    with HttpServer() as server:
        client = HttpClient(server.port, "legacy")
        with resume(client, None) as first:
            restart(server.pid)
            assert first.next()["method"] == "notifications/tools/list_changed" and first.ids == ["g1-0", "g1-1"]
            # It has read the event, but does not know that.
            with resume(client, "g1-0") as second:
                assert second.next() == first.messages[0] and second.ids == ["g1-1"]
                first.drain()
                assert first.connection.ended_properly
        # What happens while nobody listens comes when somebody does.
        restart(server.pid)
        with resume(client, second.last) as third:
            assert third.next()["method"] == "notifications/tools/list_changed" and third.ids == ["g1-2"]
        client.end_session()


def restart(pid: int) -> None:
    """The list of tools changes: those of the plugin go, and come back."""
    subprocess.run([binary(), "plugin", "restart", "logs", "--pid", str(pid)], check=True, capture_output=True, env=dict(os.environ))


# ---- the server ends the connection (SEP-1699)


def patient() -> list[str]:
    return ["--no-default-plugins", "--plugin", compiled("patient.c", REPOSITORY / "Tests/InteropTests/plugins")]


@pytest.mark.parametrize("early", [0, 1])
def test_a_client_that_is_sent_away_comes_back_and_has_missed_nothing(tmp_path: Path, early: int) -> None:
    with HttpServer(*patient(), *flags(resume_grace="1s"), environment={"PATIENT_FOLDER": str(tmp_path)}) as server:
        client = HttpClient(server.port, "legacy")
        reader, message = call(client, "patient", retry=250, early=early)
        with reader:
            told = reader.drain()
            assert reader.connection.ended_properly, "the connection was not closed"
        assert [each["params"]["progress"] for each in told] == [0.5] * early
        assert reader.primings[-1]["retry"] == "250"
        assert server.gauge("calls") == 1
        with resume(client, reader.last, message) as back:
            assert back.next()["params"]["progress"] == 1
            (tmp_path / "go").touch()
            back.drain()
            assert [each["params"]["progress"] for each in back.messages[:2]] == [1, 2]
            assert back.messages[2]["result"]["content"][0]["text"] == "0 "
            assert back.primings == []
        client.end_session()


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2026-07-28"])
def test_a_client_that_would_not_come_back_is_not_sent_away(tmp_path: Path, version: str) -> None:
    (tmp_path / "go").touch()
    with HttpServer(*patient(), environment={"PATIENT_FOLDER": str(tmp_path)}) as server:
        era = "modern" if version == "2026-07-28" else "legacy"
        client = HttpClient(server.port, era, version)
        with client.tool_stream("patient", retry=1) as stream:
            text = stream.drain()["content"][0]["text"]
        assert text.startswith("12 ") and "2025-11-25" in text
