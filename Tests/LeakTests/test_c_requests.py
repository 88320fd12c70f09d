"""Table C, requests, sessions and streams of HTTP clients."""

from __future__ import annotations

import contextlib
import resource
import socket
import time

import pytest

from kit import control, messages, probes
from kit.http_client import PATH, HttpClient, Kept, Stream, open_stream
from kit.programs import Program, warm_up
from kit.server import HttpServer, flags
from kit.settings import size, within

MIB = 1 << 20
SLEEPER = ["sh", "-c", "echo started; exec sleep 1000"]


def refusals() -> list[tuple[str, str, dict[str, str], bytes | None]]:
    modern = messages.modern("tools/list")
    good = messages.headers(modern)
    body = messages.encode(modern)
    legacy = messages.legacy("tools/list")
    return [
        ("GET", PATH, {"Accept": "text/event-stream"}, None),
        ("HEAD", PATH, {}, None),
        ("DELETE", PATH, {}, None),
        ("PUT", PATH, {}, b"{}"),
        ("POST", "/elsewhere", good, body),
        ("POST", PATH, {**good, "Content-Type": "text/plain"}, body),
        ("POST", PATH, {**good, "Accept": "image/png"}, body),
        ("POST", PATH, {**good, "Origin": "https://evil.example"}, body),
        ("POST", PATH, {**good, "Host": "evil.example"}, body),
        ("POST", PATH, {**good, "MCP-Protocol-Version": "1999-01-01"}, body),
        ("POST", PATH, {**good, "Mcp-Method": "tools/call"}, body),
        ("POST", PATH, good, b"{"),
        ("POST", PATH, good, b"[]"),
        ("POST", PATH, good, b'{"jsonrpc":"1.0","id":1,"method":"tools/list"}'),
        ("POST", PATH, messages.headers(legacy), messages.encode(legacy)),
    ]


@pytest.mark.leak_row("rejected-request-allocates-nothing")
def test_rejected_request_allocates_nothing() -> None:
    kinds = ("scope", "registration", "protocolSession", "call", "stream", "task", "timer")
    with HttpServer() as server, Kept(server.port) as client:
        for request in refusals():
            assert 400 <= client.ask(*request).status < 500, request
        baseline = server.settle()
        for _ in range(size(20, 200)):
            for request in refusals():
                client.ask(*request)
        assert server.look().opened(*kinds) == baseline.opened(*kinds)
        server.await_baseline(baseline, 1)


@pytest.mark.leak_row("idle-ends-session-without-client")
def test_idle_ends_session_without_client(tmp_path) -> None:
    # Long enough that none is over before the last has begun.
    idle = size(1, 10)
    with HttpServer(*flags(session_idle=f"{idle}s")) as server:
        warm = HttpClient(server.port, "legacy")
        warm_up(warm, tmp_path)
        warm.end_session()
        baseline = server.settle()
        started = []
        for _ in range(size(10, 100)):
            client = HttpClient(server.port, "legacy")
            started.append(client.tool("process_run", argv=["sleep", "1000"], mode="background")["pid"])
        # Nobody says goodbye, and no connection is left that could be lost.
        assert server.gauge("sessions") == baseline.gauges["sessions"] + len(started)
        server.await_baseline(baseline, idle + 1.5)
        assert not [pid for pid in started if probes.is_alive(pid)]


@pytest.mark.leak_row("every-exit-uses-one-path", also_red_by=("idle-ends-session-without-client", "delete-ends-session"))
@pytest.mark.parametrize("way", ["delete", "idle"])
def test_every_exit_uses_one_path(tmp_path, way: str) -> None:
    with HttpServer(*flags(session_idle="1s", detach_grace="0s", resume_grace="0s")) as server:
        warm = HttpClient(server.port, "legacy")
        warm_up(warm, tmp_path)
        warm.end_session()
        baseline = server.settle()
        client = HttpClient(server.port, "legacy")
        client.tool("process_run", argv=["sleep", "1000"], mode="background")
        listening, head = open_stream(client)
        call = client.tool_stream("process_run", argv=SLEEPER, mode="stream")
        assert head.status == 200 and call.next_line() == "started"
        if way == "delete":
            assert client.end_session().status == 204
            assert listening.said(head) == [] and listening.ended_properly
            while call.next() is not None:
                continue
        call.vanish()
        listening.vanish()
        server.await_baseline(baseline, 3)
        assert server.look().live() == baseline.live()
        # No table of the server knows it any more.
        assert client.post(messages.legacy("tools/list")).status == 404
        again, head = open_stream(client)
        again.close()
        assert head.status == 404
        assert client.end_session().status == 404


@pytest.mark.leak_row("closed-session-retains-nothing", also_red_by=("delete-ends-session",))
def test_closed_session_retains_nothing() -> None:
    with HttpServer() as server, Kept(server.port) as client:

        def live_and_die(times: int) -> None:
            for _ in range(times):
                session = client.post(messages.initialize()).headers["mcp-session-id"]
                headers = {"Mcp-Session-Id": session, "MCP-Protocol-Version": "2025-11-25"}
                assert client.ask("DELETE", PATH, headers).status == 204

        live_and_die(200)
        baseline = server.settle()
        before = probes.resident_bytes(server.pid)
        count = size(500, 10_000)
        live_and_die(count)
        server.await_baseline(baseline, 1)
        grown = probes.resident_bytes(server.pid) - before
        assert grown <= 4 * MIB + count * 256, f"{count} closed sessions keep {grown} bytes"


@pytest.mark.leak_row("closed-session-retains-nothing", also_red_by=("delete-ends-session",))
def test_closed_session_retains_nothing_of_a_flood(tmp_path) -> None:
    """What a flood of output has taken goes back to the system, not only to the allocator."""
    with HttpServer() as server:
        warm = HttpClient(server.port, "legacy")
        warm_up(warm, tmp_path)
        warm.end_session()
        before = probes.resident_bytes(server.pid)
        for _ in range(size(2, 10)):
            client = HttpClient(server.port, "legacy")
            line = "y 0123456789012345678901234567890123456789 | head -c 8000000"
            for _ in range(8):  # each is remembered with what the log plugin keeps for one process
                client.tool("process_run", command=f"yes {line}", mode="wait", timeoutSeconds=40)
            assert probes.resident_bytes(server.pid) > before + 6 * MIB, "the store keeps nothing: this test shows nothing"
            client.end_session()
            probes.until(lambda: probes.resident_bytes(server.pid) <= before + 6 * MIB, 3,
                         f"the memory of the flood is given back ({(probes.resident_bytes(server.pid) - before) >> 20} MiB are not)")


@pytest.mark.leak_row("equal-ids-two-clients", also_red_by=(
    "late-result-is-dropped", "cancel-yields-one-terminal-state", "cancel-reaches-child-process"))
def test_equal_ids_two_clients(tmp_path) -> None:
    with HttpServer() as server:
        one, other = (HttpClient(server.port, "legacy") for _ in range(2))
        programs = [Program(client, tmp_path, f"wait(0)\nprint('for {number}')\n") for number, client in enumerate((one, other))]
        streams = [program.follow() for program in programs]
        assert streams[0].id == streams[1].id, "the point of this test: both clients count alike"
        assert one.notify("notifications/cancelled", {"requestId": streams[0].id}).status == 202
        while streams[0].next() is not None:
            continue
        assert streams[0].result is None and streams[0].error is None, "a cancelled request gets no answer"
        programs[1].go()
        assert streams[1].drain()["structuredContent"]["status"] == "exited"
        assert streams[1].lines() == ["ready", "for 1"]
        for client in (one, other):
            assert client.end_session().status == 204


@pytest.mark.leak_row("timer-cannot-cross-generation")
def test_timer_cannot_cross_generation(tmp_path) -> None:
    grace = 1.0
    with HttpServer(*flags(detach_grace=f"{grace:g}s", resume_grace=f"{grace:g}s")) as server:
        client = HttpClient(server.port, "legacy")
        programs = [Program(client, tmp_path, "wait(0)\nprint('last')\n") for _ in range(2)]

        def follow(program: Program) -> Stream:
            arguments = {"name": "logs_follow", "arguments": {"process": program.process, "after": program.cursor}}
            stream = Stream(client, messages.legacy("tools/call", arguments, id=4711, progress="p"), None, 5)
            assert stream.next_line() == "ready"
            return stream

        baseline = server.settle()
        follow(programs[0]).vanish()
        # The call of the lost connection has its grace, and ends before that is over.
        probes.until(lambda: server.gauge("connections") == baseline.gauges["connections"], 1, "the loss was noticed")
        programs[0].go()
        probes.until(lambda: server.gauge("calls") == 0, grace, "the detached call has ended by itself")
        with follow(programs[1]) as second:
            time.sleep(1.5 * grace)  # the time itself: the grace of the first call runs out
            programs[1].go()
            while second.next() is not None:
                continue
            assert second.error is None, "the grace of the lost call has ended another one"
            assert second.result["structuredContent"]["status"] == "exited"
            assert second.lines() == ["ready", "last"]
        client.end_session()


@pytest.mark.leak_row("subscription-per-session-not-per-uri")
def test_subscription_per_session_not_per_uri(tmp_path) -> None:
    with HttpServer(*flags(detach_grace="0s", resume_grace="0s")) as server:
        owner = HttpClient(server.port)
        program = Program(owner, tmp_path, "wait(0)\nprint('one', flush=True)\nwait(1)\nprint('two')\n", gates=2)
        one, other = (HttpClient(server.port, "legacy") for _ in range(2))

        def follow(client: HttpClient) -> Stream:
            stream = client.tool_stream("logs_follow", process=program.process, after=program.cursor, patience=2)
            assert stream.next_line() == "ready"
            return stream

        with follow(one) as staying:
            leaving, baseline = follow(other), server.settle()
            leaving.vanish()
            probes.until(lambda: server.gauge("streams") < baseline.gauges["streams"], 1, "the other has left")
            program.go(0)
            with contextlib.suppress(TimeoutError):
                assert staying.next_line() == "one"
            assert staying.lines() == ["ready", "one"], "the other's end has ended this subscription"
            again = follow(other)
            assert other.end_session().status == 204
            program.go(1)
            assert staying.drain()["structuredContent"]["status"] == "exited"
            assert staying.lines() == ["ready", "one", "two"]
            again.close()


@pytest.mark.leak_row("reconnect-does-not-chain-handlers")
def test_reconnect_does_not_chain_handlers(tmp_path) -> None:
    with HttpServer(*flags(detach_grace="0s", resume_grace="0s")) as server:
        client = HttpClient(server.port, "legacy")
        program = Program(client, tmp_path, "wait(0)\nprint('once')\n")
        baseline = server.settle()
        for _ in range(size(20, 200)):
            listening, head = open_stream(client)
            assert head.status == 200, f"a reconnect was refused: {b''.join(listening.chunks(head))!r}"
            program.follow().vanish()
            listening.vanish()
            server.await_baseline(baseline, 1)
        with program.follow() as last:
            program.go()
            last.drain()
            assert last.lines() == last.progress() == ["ready", "once"]
        client.end_session()


def lowest_free(pid: int) -> int:
    """The number that the next descriptor of the process gets: with this as its limit it gets none."""
    taken = probes.descriptors(pid)
    return next(number for number in range(len(taken) + 1) if number not in taken)


@pytest.mark.leak_row("descriptor-exhaustion-recovers")
def test_descriptor_exhaustion_recovers(tmp_path) -> None:
    with HttpServer() as server:
        client = HttpClient(server.port)
        warm_up(client, tmp_path)
        baseline = server.settle()
        usual = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        limit = lowest_free(server.pid)
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (limit, usual[1]))
        waiting = [socket.create_connection(("127.0.0.1", server.port), timeout=within(2)) for _ in range(64)]
        before = probes.cpu_seconds(server.pid)
        time.sleep(1)  # the measurement itself
        burnt = probes.cpu_seconds(server.pid) - before
        assert burnt < 0.3, f"{burnt:.2f} s of CPU in a second of waiting for descriptors"
        for connection in waiting:
            connection.close()
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, usual)
        server.await_baseline(baseline, 2)
        assert client.tool("process_run", argv=["true"], mode="wait")["exitCode"] == 0

        # So few are left that a process can't be started: the call says so, and what was opened for it is closed.
        with Kept(server.port) as kept:
            assert kept.post(messages.modern("tools/list")).status == 200
            resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (lowest_free(server.pid) + 3, usual[1]))
            call = messages.modern("tools/call", {"name": "process_run", "arguments": {"argv": ["true"], "mode": "wait"}})
            for _ in range(5):
                refused = kept.post(call).json()["result"]
                assert refused["isError"] and "open files" in refused["content"][0]["text"], refused
            resource.prlimit(server.pid, resource.RLIMIT_NOFILE, usual)
        server.await_baseline(baseline, 1)


@pytest.mark.leak_row("descriptor-exhaustion-recovers")
def test_clients_leave_descriptors_to_control_socket_and_processes(tmp_path) -> None:
    """However many clients there are: the control socket answers, programs start, and who comes too late is turned away."""
    own = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(own[0], 900), own[1]))
    try:
        starting = HttpServer(environment=control.environment(tmp_path / "run"))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, own)
    with starting as server:
        path = control.path_of(tmp_path / "run", server.pid)
        client = HttpClient(server.port)
        warm_up(client, tmp_path)
        baseline = server.settle()
        started = {"name": "process_run", "arguments": {"argv": ["sh", "-c", "ulimit -n"], "mode": "wait"}}
        usual = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        assert usual[0] == min(usual[1], 1 << 20), "the server takes what it may have"
        told = control.ask(path, "call", **started)["structuredContent"]["lastLines"][0]["text"]
        assert told == str(min(own[0], 900)), "a program gets the limit that the server was started with"
        limit = len(probes.descriptors(server.pid)) + 100
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (limit, usual[1]))
        waiting = [socket.create_connection(("127.0.0.1", server.port), timeout=within(5)) for _ in range(2 * limit)]
        refused = [each for each in waiting[-10:] if each.recv(1) == b""]
        assert len(refused) == 10, "the last ones are turned away, not left waiting"
        for _ in range(3):
            answer = control.ask(path, "call", **started)
            assert not answer.get("isError"), answer
        assert control.ask(path, "scopes")["counters"]["connections.refused"] >= 100
        for connection in waiting:
            connection.close()
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, usual)
        # Each call has begun a handle.
        server.await_baseline(baseline, 2, ignoring=frozenset({"sessions", "scopes", "finalizers", "registrations", "protocolSessions"}))
