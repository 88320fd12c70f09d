"""Table C, child processes: starting, stopping, reaping."""

from __future__ import annotations

import array
import contextlib
import os
import socket
import sys
import textwrap
import threading

import pytest

from kit import messages, probes
from kit.http_client import HttpClient
from kit.programs import warm_up
from kit.server import HttpServer, flags
from kit.settings import size
from kit.stdio_client import StdioClient

STARTED = ["sh", "-c", "echo started; exec sleep 1000"]
# A descendant that no polite signal ends.
STUBBORN = """sh -c 'trap "" TERM; echo $$ > {folder}/{name}; exec sleep 1000'"""


def stubborn(misbehaving, name: str = "stubborn") -> str:
    return STUBBORN.format(folder=misbehaving.folder, name=name)


def leaves_stubborn(misbehaving, name: str = "stubborn") -> str:
    """A leader that exits as soon as its stubborn child is one."""
    return f"{stubborn(misbehaving, name)} & until [ -s {misbehaving.folder}/{name} ]; do sleep 0.01; done"


@contextlib.contextmanager
def serving(misbehaving, *arguments: str):
    """A server with the misbehaving plugin, a client, and a baseline that nothing of the plugin is in."""
    with HttpServer(*misbehaving.arguments, *arguments, environment=misbehaving.environment) as server:
        client = HttpClient(server.port)
        warm_up(client, misbehaving.folder)
        assert client.tool("start", line="true")["status"] == 0
        yield server, client, server.settle()


@pytest.mark.leak_row("leader-exits-descendant-ignores-term")
def test_leader_exits_descendant_ignores_term(misbehaving) -> None:
    with serving(misbehaving) as (server, client, baseline):
        client.tool("start", line=leaves_stubborn(misbehaving), grace_ms=200)
        pid = misbehaving.number("stubborn")
        # Nobody stops it: the leader's own end does.
        server.await_baseline(baseline, 1.2)
        assert not probes.is_alive(pid)


@pytest.mark.leak_row("descendant-in-own-session-is-reaped")
def test_descendant_in_own_session_is_reaped(misbehaving) -> None:
    with serving(misbehaving) as (server, client, baseline):
        # The fork that starts it is gone at once: nothing but the subreaper knows whose it is.
        client.tool("start", line=f"(setsid {stubborn(misbehaving)} &); echo $$ > {misbehaving.folder}/leader; exec sleep 1000")
        pid, leader = misbehaving.number("stubborn"), misbehaving.number("leader")
        assert os.getsid(pid) == pid != os.getsid(leader)
        assert client.tool("stop", grace_ms=100)["status"] == 0
        server.await_baseline(baseline, 1)
        assert not probes.is_alive(pid) and not probes.is_alive(leader)


@pytest.mark.leak_row("pgid-known-after-leader-reaped")
def test_pgid_known_after_leader_reaped(misbehaving) -> None:
    with serving(misbehaving) as (server, client, baseline):
        client.tool("start", line=leaves_stubborn(misbehaving), grace_ms=60_000)
        pid = misbehaving.number("stubborn")
        probes.until(lambda: "its descendants are ending" in probes.render(server.look().tree), 2, "the leader's end was noticed")
        assert client.tool("stop", grace_ms=100)["status"] == 0
        server.await_baseline(baseline, 1)
        assert not probes.is_alive(pid)


GIVES_PIPE_AWAY = textwrap.dedent("""\
    import array, socket, sys
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(sys.argv[1])
    channel.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [1, 2]))])
    channel.recv(1)
    print("last words")
    """)


@pytest.mark.leak_row("pipes-held-by-grandchild")
def test_pipes_held_by_grandchild(tmp_path) -> None:
    """The worst one: who holds the pipes is no descendant any more, and never lets go of them."""
    program, path = tmp_path / "program.py", str(tmp_path / "socket")
    program.write_text(GIVES_PIPE_AWAY)
    held = array.array("i")
    with HttpServer() as server, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        client = HttpClient(server.port)
        warm_up(client, tmp_path)
        baseline = server.settle()

        def take() -> None:
            channel = listener.accept()[0]
            _, extra, _, _ = channel.recvmsg(1, socket.CMSG_SPACE(8))
            held.frombytes(extra[0][2])
            channel.sendall(b"x")
            channel.close()

        taker = threading.Thread(target=take)
        taker.start()
        done = client.tool("process_run", argv=[sys.executable, str(program), path], mode="wait", timeoutSeconds=3)
        taker.join()
        assert len(held) == 2, "the pipes were not handed over"
        try:
            assert (done["status"], done.get("exitCode")) == ("exited", 0), done
            assert [line["text"] for line in done["lastLines"]] == ["last words"]
            server.await_baseline(baseline, 1)
        finally:
            for descriptor in held:
                os.close(descriptor)


@pytest.mark.leak_row("stop-while-starting")
def test_stop_while_starting(misbehaving) -> None:
    with serving(misbehaving) as (server, client, baseline):
        for _ in range(size(20, 200)):
            # Stopped in the same breath: its launcher has not even been executed.
            assert client.tool("start", line=f"exec {stubborn(misbehaving)}", stop_ms=0, grace_ms=60_000)["status"] == 0
        server.await_baseline(baseline, 1)


@pytest.mark.leak_row("interrupt-between-acquire-and-register")
def test_interrupt_between_acquire_and_register(misbehaving) -> None:
    with serving(misbehaving) as (server, client, baseline):
        done = client.tool("race_start", times=size(60, 1000), spread_us=3000)
        assert done["other"] == 0, done
        assert done["committed"] > 0 and done["closed"] > 0, f"the closes met no start: {done}"
        server.await_baseline(baseline, 1)


@pytest.mark.leak_row("setup-failure-closes-half-built-scope")
def test_setup_failure_closes_half_built_scope(tmp_path, misbehaving) -> None:
    plain = tmp_path / "plain"
    plain.write_text("not a program")
    failing = [
        {"argv": ["/nonexistent/program"]}, {"argv": [str(plain)]}, {"argv": ["true"], "cwd": "/nonexistent"},
        {"argv": [str(tmp_path)]}, {"argv": ["true"], "env": {"A": "b\0c"}},
    ]
    too_large = {"argv": ["true", "x" * 2_200_000]}
    with HttpServer() as server:
        for era in ("modern", "legacy"):
            client = HttpClient(server.port, era)
            warm_up(client, tmp_path)
            baseline = server.settle()
            for number in range(size(5, 50)):
                for arguments in [*failing, *([too_large] if number == 0 else [])]:
                    call = {"name": "process_run", "arguments": {**arguments, "mode": ("background", "wait")[number % 2]}}
                    assert client.request("tools/call", call)["isError"], arguments
            server.await_baseline(baseline, 1)


@pytest.mark.leak_row("setup-failure-closes-half-built-scope")
def test_setup_failure_closes_half_built_scope_of_a_plugin(misbehaving) -> None:
    def descriptors(server: HttpServer) -> list[str]:
        # The library stays loaded, and with it the lock on its copy.
        kinds = [link.partition(":")[0] for link in probes.descriptors(server.pid).values() if not link.endswith("/lock")]
        return sorted(kinds)

    with HttpServer() as server:
        plain, before = server.settle(), descriptors(server)
    environment = {**misbehaving.environment, "AMBIT_LEAK_ACTIVATE_FAILS": "1"}
    with HttpServer(*misbehaving.arguments, environment=environment) as server:
        assert "the test wants it so" in server.log()
        server.await_baseline(plain, 2, ignoring=frozenset({"descriptors", "system descriptors"}))
        probes.until(lambda: descriptors(server) == before, 1, f"its descriptors are closed: {descriptors(server)}, were {before}")
        assert "misbehaving" not in probes.render(server.look().tree)


@pytest.mark.leak_row("no-zombies-under-concurrency")
def test_no_zombies_under_concurrency(tmp_path) -> None:
    count = size(40, 200)
    with HttpServer() as server:
        client = HttpClient(server.port, "legacy")
        warm_up(client, tmp_path)
        baseline = server.settle()
        # Each leaves an orphan that ends only after its parents.
        runs = [client.start("tools/call", {"name": "process_run", "arguments": {
            "command": "(sleep 0.05 &); (true &); exit 3", "mode": "wait"}}) for _ in range(count)]
        for run in runs:
            with run:
                assert run.drain()["structuredContent"]["exitCode"] == 3
        server.await_baseline(baseline, 1)
        assert probes.descendants(server.pid) == {}
        client.end_session()


@pytest.mark.leak_row("cancel-reaches-child-process")
@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_cancel_reaches_child_process(tmp_path, transport: str) -> None:
    with contextlib.ExitStack() as stack:
        if transport == "stdio":
            client = stack.enter_context(StdioClient(era="legacy"))
            server = client.pid
        else:
            running = stack.enter_context(HttpServer(*flags(detach_grace="60s", resume_grace="60s")))
            client, server = HttpClient(running.port, "legacy"), running.pid
        for _ in range(size(3, 30)):
            call = {"name": "process_run", "arguments": {"argv": STARTED, "mode": "stream"}}
            started = client.start("tools/call", call, progress=True)
            if transport == "stdio":
                while (client.receive() or {}).get("method") != "notifications/message":
                    continue
                client.send(messages.notification("notifications/cancelled", {"requestId": started}))
            else:
                assert started.next_line() == "started"
                client.notify("notifications/cancelled", {"requestId": started.id})
                # The client does not hang up: the cancellation must do it alone.
            probes.until(lambda: not probes.descendants(server), 1, f"the program has ended: {probes.descendants(server)}")
            if transport == "http":
                started.close()


@pytest.mark.leak_row("host-killed-leaves-no-orphans")
@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_host_killed_leaves_no_orphans(misbehaving, transport: str) -> None:
    arguments, environment = misbehaving.arguments, misbehaving.environment
    server = StdioClient(*arguments, environment=environment) if transport == "stdio" \
        else HttpServer(*arguments, environment=environment)
    with server:
        client = server if transport == "stdio" else HttpClient(server.port)
        client.tool("start", line=f"(setsid {stubborn(misbehaving, 'one')} &); exec sleep 1000", grace_ms=60_000)
        client.tool("start", line=leaves_stubborn(misbehaving, 'two'), grace_ms=60_000)
        for _ in range(size(10, 100)):
            client.tool("process_run", argv=["sleep", "1000"], mode="background", keep=True)
        pids = [misbehaving.number(name) for name in ("one", "two")]
        assert all(probes.is_running(pid) for pid in pids)
        server.process.kill()
        server.process.wait()
        probes.until(lambda: not probes.marked(server.mark), 1,
                     f"nothing is left of it: {[probes.command_line(pid) for pid in probes.marked(server.mark)]}")
