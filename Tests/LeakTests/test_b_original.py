"""Table B: more that the original had."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator

import pytest

from kit import control, messages, probes, wire
from kit.http_client import HttpClient, Kept, is_part, open_stream
from kit.programs import Program, warm_up
from kit.server import HttpServer, flags
from kit.settings import size, within

MIB = 1 << 20


@pytest.mark.leak_row("no-line-lost-at-exit")
def test_no_line_lost_at_exit(tmp_path) -> None:
    expected = [str(i) for i in range(1, 2001)]
    whole = set(expected)
    with HttpServer() as server:
        streaming = HttpClient(server.port)
        counting = HttpClient(server.port, log_level=None)
        storing = HttpClient(server.port, "legacy")
        for _ in range(size(10, 100)):
            with streaming.tool_stream("process_run", argv=["seq", "1", "2000"], mode="stream") as run:
                result = run.drain()
                assert run.lines() == expected
                assert is_part(run.progress(), expected)
                assert result["structuredContent"]["exitCode"] == 0
            # Without logs there is progress only: what did not fit into the client's queue is counted.
            with counting.tool_stream("process_run", argv=["seq", "1", "2000"], mode="stream") as run:
                missed = run.drain()["structuredContent"].get("notStreamed", 0)
                assert is_part([line for line in run.progress() if line in whole], expected)
                assert len(run.progress()) + missed >= 2000
            done = storing.tool("process_run", argv=["seq", "1", "2000"], mode="wait")
            assert (done["status"], done["exitCode"]) == ("exited", 0)
            assert storing.all_lines(done["process"]) == (expected, 0)
        storing.end_session()


GRANDCHILD = textwrap.dedent("""\
    import os, signal, socket, sys, time
    pids, port = sys.argv[1], int(sys.argv[2])
    def note(role):
        with open(pids, "a") as file: file.write(f"{role} {os.getpid()}\\n")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    server.bind(("127.0.0.1", port)); server.listen()
    note("program")
    if os.fork() == 0:
        if os.fork() == 0:
            note("grandchild")
            print("all here", flush=True)
            time.sleep(1000)
        os._exit(0)
    os.wait()
    time.sleep(1000)
    """)


@pytest.mark.leak_row("stop-kills-the-whole-group", also_red_by=("abandoned-follower-leaves-nothing",))
def test_stop_kills_the_whole_group(tmp_path) -> None:
    stranger = socket.socket()
    stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    stranger.bind(("127.0.0.1", 0))
    stranger.listen()
    port = stranger.getsockname()[1]
    program, pids = tmp_path / "program.py", tmp_path / "pids"
    program.write_text(GRANDCHILD)
    inner = f"echo sh $$ >> {pids}; {sys.executable} {program} {pids} {port}; true"
    outer = f"echo sh $$ >> {pids}; sh -c '{inner}'; true"
    with stranger, HttpServer() as server:
        client = HttpClient(server.port, "legacy")
        warm_up(client, tmp_path)
        baseline = server.settle()
        started = client.tool("process_run", command=outer, mode="background")
        with client.tool_stream("logs_follow", process=started["process"]) as follower:
            assert follower.next_line() == "all here"
            group = [int(line.split()[1]) for line in pids.read_text().splitlines()]
            assert len(group) == 4 and all(probes.is_running(pid) for pid in group)
            stopped = client.tool("process_stop", process=started["process"], graceSeconds=0.2)
            assert stopped["status"] == "stopped"
            left = [pid for pid in group if probes.is_alive(pid)]
            assert not left, {pid: probes.command_line(pid) for pid in left}
            result = follower.drain()  # raises at a second response
            assert result["structuredContent"]["status"] == "stopped"
        listed = [p for p in client.tool("process_list")["processes"] if p["process"] == started["process"]]
        assert [p["status"] for p in listed] == ["stopped"]
        with socket.create_connection(("127.0.0.1", port), timeout=within(2)):
            stranger.settimeout(within(2))
            stranger.accept()[0].close()
        server.await_baseline(baseline, 1)
        client.end_session()


@pytest.mark.leak_row("sessionless-posts-allocate-nothing", also_red_by=("rejected-request-allocates-nothing",))
def test_sessionless_posts_allocate_nothing() -> None:
    def ask(client: Kept, number: int) -> None:
        kind = number % 4
        if kind == 0:
            assert client.post(messages.modern("tools/list", id=number)).status == 200
        elif kind == 1:
            call = messages.modern("tools/call", {"name": "process_list", "arguments": {}}, id=number)
            assert client.post(call).status == 200
        elif kind == 2:
            # A session that its client has invented.
            assert client.post(messages.legacy("tools/list", id=number), session=f"{number:032x}", version="2025-11-25").status == 404
        else:
            assert client.post(messages.legacy("tools/list", id=number)).status == 400

    with HttpServer() as server, Kept(server.port) as client:
        for number in range(400):
            ask(client, number)
        baseline = server.settle()
        before = probes.resident_bytes(server.pid)
        count = size(2000, 20_000)
        for number in range(count):
            ask(client, number)
        server.await_baseline(baseline, 1)
        grown = probes.resident_bytes(server.pid) - before
        assert grown <= 4 * MIB, f"{count} POSTs without a session keep {grown} bytes"


@pytest.mark.leak_row("blocking-call-abandoned", also_red_by=("disconnect-mid-call-ends-request", "vanished-clients-are-forgotten"))
@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_blocking_call_abandoned(misbehaving, era: str) -> None:
    with HttpServer(*misbehaving.arguments, *flags(detach_grace="0.5s", resume_grace="0.5s"), environment=misbehaving.environment) as server:
        client = HttpClient(server.port, era)
        client.tool("runs")
        baseline = server.settle()
        for _ in range(size(3, 30)):
            waiting = [client.start("tools/call", {"name": "receive", "arguments": {}}, progress=True) for _ in range(4)]
            for call in waiting:
                assert call.next()["method"] == "notifications/progress"
            for call in waiting:
                call.vanish()
            server.await_baseline(baseline, 1 if era == "modern" else 1.5)
        assert len(misbehaving.journal()) == 1 + 4 * size(3, 30), "a handler did not come back"


@pytest.mark.leak_row("one-line-one-notification")
def test_one_line_one_notification(tmp_path) -> None:
    lines = size(20_000, 100_000)
    half = lines // 2
    body = "\n".join(
        f"wait({gate})\nfor i in range({gate * half}, {(gate + 1) * half}): print(i)\nsys.stdout.flush()" for gate in (0, 1))
    with HttpServer() as server:
        client = HttpClient(server.port)
        warm_up(client, tmp_path)
        program = Program(client, tmp_path, body, gates=2)
        resident = probes.resident_bytes(server.pid)
        with program.follow(patience=60) as one, program.follow(patience=60) as other:
            baseline = server.settle()

            def half_of(gate: int) -> float:
                """Both followers read one half, each line once and in order; what it cost the server, in seconds of CPU."""
                before = probes.cpu_seconds(server.pid)
                program.go(gate)
                for number in range(gate * half, (gate + 1) * half):
                    assert one.next_line_unchecked() == str(number)
                    assert other.next_line_unchecked() == str(number)
                return probes.cpu_seconds(server.pid) - before

            first, second = half_of(0), half_of(1)
            print(f"CPU seconds for {half} lines: {first:.2f}, then {second:.2f}")
            assert second <= 1.5 * first + 0.3, f"{half} lines cost {first:.2f} s of CPU, the next as many {second:.2f} s"
            for stream in (one, other):
                assert stream.drain()["structuredContent"]["status"] == "exited"
            grown = probes.resident_bytes(server.pid) - resident
            assert grown <= 48 * MIB, f"{lines} lines have taken {grown} bytes"
        assert baseline.gauges["queuedBytes"] == 0 == server.gauge("queuedBytes")


@pytest.mark.leak_row("two-streams-one-session", also_red_by=("reconnect-does-not-chain-handlers",))
def test_two_streams_one_session() -> None:
    with HttpServer() as server:
        client = HttpClient(server.port, "legacy")
        none = server.settle().gauges["streams"]

        def streams(count: int) -> None:
            probes.until(lambda: server.gauge("streams") == none + count, 1, f"{count} streams are open")

        for leaving in (0, 1):
            pair = [open_stream(client) for _ in range(2)]
            assert [head.status for _, head in pair] == [200, 200]
            streams(2)
            pair[leaving][0].vanish()
            streams(1)
            staying, head = pair[1 - leaving]
            assert staying.is_quiet(0.2), "the end of one stream has ended the other"
            third, _ = open_stream(client)
            streams(2)
            assert client.end_session().status == 204
            for stream, its in ((staying, head), (third, wire.Head(200, head.headers))):
                assert stream.said(its) == [] and stream.ended_properly
                stream.close()
            streams(0)
            client = HttpClient(server.port, "legacy")
        client.end_session()


@pytest.mark.leak_row("concurrent-start-is-atomic")
def test_concurrent_start_is_atomic(tmp_path) -> None:
    count = 20
    with HttpServer() as server:
        client = HttpClient(server.port, "legacy")
        warm_up(client, tmp_path)
        baseline = server.settle()
        started: list[dict] = []
        at_once = threading.Barrier(count)

        def start() -> None:
            mine = HttpClient.sharing(client)
            at_once.wait(within(5))
            started.append(mine.tool("process_run", command="echo mine; exec sleep 1000", name="server", mode="background"))

        threads = [threading.Thread(target=start) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(started) == count
        assert len({each["process"] for each in started}) == count, "two processes go by one id"
        assert len({each["pid"] for each in started}) == count
        assert server.gauge("processes") == baseline.gauges["processes"] + count
        # Each answers to its own id, and to no other's.
        for each in started:
            stopped = client.tool("process_stop", process=each["process"], graceSeconds=1)
            assert (stopped["process"], stopped["pid"]) == (each["process"], each["pid"])
            assert not probes.is_alive(each["pid"])
        client.end_session()
        server.await_baseline(baseline, 1, ignoring=frozenset({"sessions", "scopes", "finalizers", "registrations", "protocolSessions"}))


@contextlib.contextmanager
def load_on(port: int, allowed: Callable[[set[str]], bool], tool: str) -> Iterator[tuple[list, list]]:
    """Four clients that list the tools and call one; the lists that were not allowed, and whether each call met its tool."""
    over, wrong, answers = threading.Event(), [], []

    def load() -> None:
        with Kept(port) as kept:
            while not over.is_set():
                listed = kept.post(messages.modern("tools/list")).json()["result"]["tools"]
                names = [each["name"] for each in listed]
                if len(names) != len(set(names)) or not allowed(set(names)):
                    wrong.append(names)
                answers.append("result" in kept.post(messages.modern("tools/call", {"name": tool, "arguments": {}})).json())

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield wrong, answers
    finally:
        over.set()
        for thread in threads:
            thread.join()


@pytest.mark.leak_row("register-under-load")
def test_register_under_load(misbehaving) -> None:
    with HttpServer(*misbehaving.arguments, environment=misbehaving.environment) as server:
        client = HttpClient(server.port)
        client.tool("runs")
        fixed = {tool["name"] for tool in client.request("tools/list")["tools"]}
        baseline = server.settle()
        times = size(50, 200)
        with load_on(server.port, lambda names: names - {"comes_and_goes"} == fixed, "comes_and_goes") as (wrong, answers):
            done = client.tool("register", times=times)
        assert done == {"failed": 0, "destroyed": times}
        assert not wrong, wrong[:3]
        assert answers.count(True) > 0 and answers.count(False) > 0, "the load met no change"
        assert {tool["name"] for tool in client.request("tools/list")["tools"]} == fixed
        server.await_baseline(baseline, 1)


@pytest.mark.leak_row("register-under-load")
def test_register_under_load_by_enabling(misbehaving, tmp_path) -> None:
    """The whole plugin is disabled and enabled while others list and call."""
    environment = {**misbehaving.environment, **control.environment(tmp_path / "run")}
    with HttpServer(*misbehaving.arguments, environment=environment) as server:
        path = control.path_of(tmp_path / "run", server.pid)
        client = HttpClient(server.port)

        def listed() -> set[str]:
            return {tool["name"] for tool in client.request("tools/list")["tools"]}

        everything = listed()
        assert control.ask(path, "plugin-disable", name="misbehaving")["state"] == "disabled"
        without = listed()
        assert without < everything
        baseline = server.settle()
        # It comes whole, and leaves tool by tool.
        with load_on(server.port, lambda names: without <= names <= everything, "runs") as (wrong, answers):
            for _ in range(size(30, 200)):
                assert control.ask(path, "plugin-enable", name="misbehaving")["state"] == "ready"
                assert listed() == everything
                closed = control.ask(path, "plugin-disable", name="misbehaving")
                assert closed["state"] == "disabled" and "abandoned" not in closed["closed"], closed
                assert listed() == without, "a tool of a disabled plugin is listed"
        assert not wrong, wrong[:3]
        assert answers.count(True) > 0 and answers.count(False) > 0, "the load met no change"
        server.await_baseline(baseline, 1)
        assert "misbehaving#" not in json.dumps(server.look().tree), "the scope of a disabled plugin is there"
