"""Table C: reported by users of other servers, SDKs and hosts."""

from __future__ import annotations

import time

import pytest

from kit import messages, probes, wire
from kit.http_client import PATH, HttpClient
from kit.programs import Program, warm_up
from kit.server import HttpServer, flags
from kit.settings import size, within
from kit.stdio_client import StdioClient

SLEEPER = ["sh", "-c", "echo started; exec sleep 1000"]


@pytest.mark.leak_row("disconnect-mid-call-ends-request", also_red_by=(
    "abandoned-follower-leaves-nothing", "vanished-clients-are-forgotten", "delete-ends-session"))
@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_disconnect_mid_call_ends_request(tmp_path, era: str) -> None:
    with HttpServer(*flags(detach_grace="0.5s", resume_grace="0.5s")) as server:
        client = HttpClient(server.port, era)
        warm_up(client, tmp_path)
        baseline = server.settle()
        running = []
        for number in range(size(10, 100)):
            # Every other call has committed its response; the rest has not answered a byte when its client goes.
            if number % 2:
                call = client.tool_stream("process_run", argv=SLEEPER, mode="stream")
                assert call.next_line() == "started"
            else:
                call = client.start("tools/call", {"name": "process_run", "arguments": {"argv": SLEEPER, "mode": "wait"}})
            running.append(call)
        probes.until(lambda: server.gauge("processes") >= baseline.gauges["processes"] + len(running), 10,
                     "every call has its process")
        assert len(probes.descendants(server.pid)) >= len(running)
        for call in running:
            call.vanish()
        server.await_baseline(baseline, 1 if era == "modern" else 1.5)


@pytest.mark.leak_row("delete-ends-session")
def test_delete_ends_session(tmp_path) -> None:
    with HttpServer() as server:
        warm = HttpClient(server.port, "legacy")
        warm_up(warm, tmp_path)
        warm.end_session()
        baseline = server.settle()
        for _ in range(size(10, 50)):
            client = HttpClient(server.port, "legacy")
            started = client.tool("process_run", argv=["sleep", "1000"], mode="background")
            with wire.Connection(server.port) as listening:
                listening.send("GET", PATH, {"Accept": "text/event-stream", "Mcp-Session-Id": client.session,
                                             "MCP-Protocol-Version": client.version})
                head = listening.head()
                assert (head.status, head.content_type) == (200, "text/event-stream")
                assert client.end_session().status in (200, 202, 204)
                assert not listening.is_quiet(within(1)), "the session's stream stays open"
                assert listening.said(head) == []
                assert listening.ended_properly, "the session's stream was cut, not ended"
            assert client.post(messages.legacy("tools/list")).status == 404
            assert client.end_session().status == 404
            probes.until(lambda pid=started["pid"]: not probes.is_alive(pid), 1, "the session's process is gone")
        server.await_baseline(baseline, 1)


@pytest.mark.leak_row("stdin-eof-exits-with-live-timers")
@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_stdin_eof_exits_with_live_timers(tmp_path, era: str) -> None:
    with StdioClient(era=era) as client:
        started = client.tool("process_run", argv=SLEEPER, mode="background")
        kept = client.tool("process_run", argv=["sleep", "1000"], mode="background", keep=True)
        # A call with a timer of an hour, and one that never answers, are under way.
        client.start("tools/call", {"name": "logs_follow", "arguments": {"process": started["process"], "seconds": 3600}},
                     progress=True)
        client.start("tools/call", {"name": "process_run", "arguments": {"argv": ["sleep", "1000"], "mode": "wait"}})
        while not any(n["method"] == "notifications/progress" for n in client.notifications):
            assert client.receive() is not None
        below = list(probes.descendants(client.pid))
        assert {started["pid"], kept["pid"]} <= set(below)
        begun = time.monotonic()
        client.close_stdin()
        assert client.wait(1) == 0, client.log()
        assert time.monotonic() - begun < within(1)
        left = [pid for pid in below if probes.is_alive(pid)]
        assert not left, {pid: probes.command_line(pid) for pid in left}


@pytest.mark.leak_row("delete-ends-session", also_red_by=("abandoned-follower-leaves-nothing",))
def test_delete_ends_calls_under_way(tmp_path) -> None:
    with HttpServer() as server:
        warm = HttpClient(server.port, "legacy")
        warm_up(warm, tmp_path)
        warm.end_session()
        baseline = server.settle()
        client = HttpClient(server.port, "legacy")
        program = Program(client, tmp_path, "wait(0)\n", keep=False)
        with program.follow() as follower:
            assert client.end_session().status in (200, 202, 204)
            while follower.next() is not None:
                continue
            assert follower.connection.ended_properly
        server.await_baseline(baseline, 1)
