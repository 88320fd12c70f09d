"""Streams over HTTP: lazy commit, notifications only where asked for, cancellation by both eras' rules, the idle deadline."""

from __future__ import annotations

import json
import time

from kit import messages, probes, wire
from kit.http_client import PATH, HttpClient
from kit.programs import Program, warm_up
from kit.server import HttpServer, flags
from kit.settings import within

import everything

SLEEPER = ["sh", "-c", "echo started; exec sleep 1000"]


def test_a_call_that_says_nothing_is_answered_as_json(server: HttpServer) -> None:
    client = HttpClient(server.port)
    with client.start("tools/call", {"name": "process_run", "arguments": {"argv": ["true"], "mode": "wait"}}) as call:
        assert call.open().content_type == "application/json"
        call.drain()


def test_a_call_that_streams_is_answered_as_events(server: HttpServer) -> None:
    client = HttpClient(server.port)
    with client.tool_stream("process_run", argv=["seq", "1", "3"], mode="stream") as call:
        head = call.open()
        assert head.content_type == "text/event-stream"
        assert "no-cache" in head.headers["cache-control"]
        assert head.headers.get("x-accel-buffering") == "no"
        call.drain()
        assert call.lines() == call.progress() == ["1", "2", "3"]
        assert call.connection.ended_properly


def test_no_progress_without_a_token_and_no_logs_without_a_level(server: HttpServer) -> None:
    client = HttpClient(server.port)
    with client.start("tools/call", {"name": "process_run", "arguments": {"argv": ["seq", "1", "3"], "mode": "stream"}}) as call:
        call.drain()
        assert call.notifications == []
    quiet = HttpClient(server.port, log_level="error")
    with quiet.tool_stream("process_run", argv=["seq", "1", "3"], mode="stream") as call:
        call.drain()
        assert call.progress() == ["1", "2", "3"] and call.lines() == []


def test_progress_carries_the_token_as_it_was_given_and_grows(server: HttpServer) -> None:
    for token in ("text", 7):
        message = messages.modern("tools/call", {"name": "process_run", "arguments": {"argv": ["seq", "1", "50"], "mode": "stream"}},
                                  progress=token)
        with wire.Connection(server.port) as connection:
            connection.send("POST", PATH, messages.headers(message), messages.encode(message))

            events = [json.loads(event["data"]) for event in connection.events(connection.head())]
        told = [event["params"] for event in events if event.get("method") == "notifications/progress"]
        assert [p["progressToken"] for p in told] == [token] * 50
        values = [p["progress"] for p in told]
        assert values == sorted(set(values))


def test_follow_ends_by_lines_by_time_and_by_exit(tmp_path, server: HttpServer) -> None:
    client = HttpClient(server.port, "legacy")
    program = Program(client, tmp_path, "wait(0)\nprint('end')\n", keep=False)
    with client.tool_stream("logs_follow", process=program.process, after=program.cursor, lines=1) as follower:
        result = follower.drain()["structuredContent"]
        assert follower.lines() == ["ready"] and result["status"] == "running"
    begun = time.monotonic()
    with client.tool_stream("logs_follow", process=program.process, after=result["cursor"], seconds=0.3) as follower:
        assert follower.drain()["structuredContent"]["status"] == "running"
        assert follower.lines() == [] and within(5) > time.monotonic() - begun >= 0.3
    with client.tool_stream("logs_follow", process=program.process, after=result["cursor"]) as follower:
        program.go()
        result = follower.drain()["structuredContent"]
        assert follower.lines() == ["end"]
        assert result["status"] == "exited" and result["summary"]
    client.end_session()


def test_legacy_cancel_ends_the_call_without_an_answer(tmp_path) -> None:
    with HttpServer() as server:
        client = HttpClient(server.port, "legacy")
        warm_up(client, tmp_path)
        baseline = server.settle()
        with client.tool_stream("process_run", argv=SLEEPER, mode="stream") as call:
            assert call.next_line() == "started"
            assert client.notify("notifications/cancelled", {"requestId": call.id, "reason": "enough"}).status == 202
            while call.next() is not None:
                continue
            assert call.result is None and call.error is None, "a cancelled request was answered"
        server.await_baseline(baseline, 1)
        client.end_session()


def test_cancel_of_anothers_request_does_nothing(server: HttpServer) -> None:
    mine, other = HttpClient(server.port, "legacy"), HttpClient(server.port, "legacy")
    with mine.tool_stream("process_run", argv=["sh", "-c", "echo started; sleep 0.3; echo done"], mode="stream") as call:
        assert call.next_line() == "started"
        assert other.notify("notifications/cancelled", {"requestId": call.id}).status == 202
        assert call.drain()["structuredContent"]["exitCode"] == 0
        assert call.lines() == ["started", "done"]
    mine.end_session()
    other.end_session()


def test_equal_ids_of_two_clients_do_not_meet(server: HttpServer) -> None:
    """Both clients count from 1."""
    clients = [HttpClient(server.port, era) for era in ("modern", "legacy", "modern", "legacy")]
    calls = [client.tool_stream("process_run", argv=["sh", "-c", f"sleep 0.1; echo {i}"], mode="stream")
             for i, client in enumerate(clients)]
    for i, call in enumerate(calls):
        with call:
            call.drain()
            assert call.lines() == [str(i)]
    for client in clients[1::2]:
        client.end_session()


def test_idle_deadline_ends_a_session_without_its_client(tmp_path) -> None:
    with HttpServer(*flags(session_idle="1s")) as server:
        warm = HttpClient(server.port, "legacy")
        warm_up(warm, tmp_path)
        warm.end_session()
        baseline = server.settle()
        client = HttpClient(server.port, "legacy")
        started = client.tool("process_run", argv=["sleep", "1000"], mode="background")
        assert probes.is_running(started["pid"])
        server.await_baseline(baseline, 4)
        assert not probes.is_alive(started["pid"])
        assert client.post(messages.legacy("ping")).status == 404


def test_a_call_under_way_keeps_its_session_alive() -> None:
    with HttpServer(*flags(session_idle="1s")) as server:
        client = HttpClient(server.port, "legacy")
        with client.tool_stream("process_run", argv=["sh", "-c", "sleep 2; echo late"], mode="stream") as call:
            assert call.drain()["structuredContent"]["exitCode"] == 0
        assert client.request("ping") == {}
        client.end_session()


def test_a_handle_that_never_reached_its_client_is_not_kept(tmp_path) -> None:
    """The call that made the session was dropped before its answer: nobody can name the session, so it ends with the call."""
    with HttpServer() as server:
        client = HttpClient(server.port)
        warm_up(client, tmp_path)
        baseline = server.settle()
        client.handle = None
        for _ in range(5):
            call = client.tool_stream("process_run", argv=SLEEPER, mode="stream")
            assert call.next_line() == "started"
            call.vanish()
        server.await_baseline(baseline, 1)


def test_modern_handle_stands_for_the_session(tmp_path) -> None:
    with HttpServer() as server:
        owner, stranger = HttpClient(server.port), HttpClient(server.port)
        started = owner.tool("process_run", argv=SLEEPER, mode="background")
        assert started["session"] and owner.handle == started["session"]
        assert [p["process"] for p in owner.tool("process_list")["processes"]] == [started["process"]]
        assert stranger.tool("process_list")["processes"] == [], "a client without the handle sees another's process"
        owner.tool("process_stop", process=started["process"])
        assert not probes.is_alive(started["pid"])


def test_a_call_that_fails_leaves_no_session(tmp_path) -> None:
    """The session was begun for a program that could not be started: its handle is not even told."""
    with HttpServer() as server:
        client = HttpClient(server.port)
        warm_up(client, tmp_path)
        baseline = server.settle()
        client.handle = None
        for _ in range(3):
            failed = client.request("tools/call", {"name": "process_run", "arguments": {"argv": ["/does/not/exist"]}})
            assert failed["isError"] and "h_" not in str(failed["content"])
        server.await_baseline(baseline, 1)


def test_a_client_that_reads_slowly_is_no_stalled_one() -> None:
    """The kernel takes nothing for many write deadlines, since its buffer is full and drains slowly: that the client reads is seen
    by what it has acknowledged."""
    with HttpServer(*everything.arguments(), *flags(write_deadline="1s")) as server:
        message = messages.modern("tools/call", {"name": "greet", "arguments": {"name": "a" * 3_900_000}})
        with wire.Connection(server.port, receive_buffer=16_384) as connection:
            connection.send("POST", "/mcp", messages.headers(message), messages.encode(message))
            read = 0
            begun = time.monotonic()
            while time.monotonic() - begun < 5:
                read += len(connection.socket.recv(4096))
                time.sleep(0.05)
            assert 0 < read < 1_000_000
            while read < 3_900_000:
                data = connection.socket.recv(1 << 20)
                assert data, f"the connection was closed after {read} bytes"
                read += len(data)
        assert not server.look().counters.get("streams.stalled")
