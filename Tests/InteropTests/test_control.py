"""The control socket: who may connect, what it answers, and that no client of it can hold a server up or be left behind."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit import control, probes
from kit.server import HttpServer
from kit.stdio_client import StdioClient


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[HttpServer, Path]]:
    """A server with a folder of its own, and its socket."""
    with HttpServer(environment=control.environment(tmp_path / "run")) as server:
        yield server, control.path_of(tmp_path / "run", server.pid)


def sockets(pid: int) -> int:
    return sum(link.startswith("socket:") for link in probes.descriptors(pid).values())


def test_the_socket_is_for_its_owner_only(served: tuple[HttpServer, Path]) -> None:
    server, path = served
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == [f"{server.pid}.sock"]


@pytest.mark.parametrize("transport", ["http", "stdio"])
def test_both_transports_answer(transport: str, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    start = HttpServer if transport == "http" else StdioClient
    with start(environment=control.environment(folder)) as server:
        path = control.path_of(folder, server.pid)
        facts = control.ask(path, "server")
        assert facts["pid"] == server.pid and facts["transport"] == transport
        assert abs(facts["startedAt"] - time.time()) < 60
        if transport == "http":
            assert facts["port"] == server.port
        tools = control.ask(path, "tools")["tools"]
        assert "process_run" in [tool["name"] for tool in tools]
        assert control.ask(path, "health")["status"] == "ok"
        tree = control.ask(path, "scopes")
        assert {"scopes", "totals", "gauges", "counters"} == tree.keys()
        result = control.ask(path, "call", name="process_run", arguments={"argv": ["echo", "hello"], "mode": "wait"})
        assert "hello" in str(result), result
        assert [plugin["name"] for plugin in control.ask(path, "plugins")["plugins"]] == ["logs", "repl"]


def test_a_stdio_client_is_not_disturbed(tmp_path: Path) -> None:
    """What goes over the control socket never reaches stdout, and requests of equal ids do not meet."""
    folder = tmp_path / "run"
    with StdioClient(environment=control.environment(folder)) as client:
        path = control.path_of(folder, client.pid)
        held = client.start("tools/call", {"name": "process_run", "arguments": {"argv": ["sleep", "1000"], "mode": "wait"}})
        with control.Client(path) as other:
            other.ask("call", name="process_run", arguments={"argv": ["sh", "-c", "echo x"], "mode": "stream"})
            other.result()
        assert client.silent(0.2)
        client.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": held}})
        assert client.request("tools/list")["tools"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_another_user_is_turned_away(served: tuple[HttpServer, Path]) -> None:
    server, path = served
    # As if the permissions did not protect it: the peer's user decides as well.
    for folder in (path.parent, path.parent.parent, *path.parents):
        if folder.stat().st_uid == 0 and str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    path.chmod(0o666)
    program = (
        "import os, socket, sys; os.setgid(65534); os.setuid(65534)\n"
        "s = socket.socket(socket.AF_UNIX); s.settimeout(10); s.connect(sys.argv[1])\n"
        "try:\n s.sendall(b'{\"version\":1,\"command\":\"server\"}\\n'); data = s.recv(65536)\n"
        "except (BrokenPipeError, ConnectionResetError): data = b''\n"
        "print(len(data))")
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, timeout=30)
    assert done.stdout.strip() == "0", done.stderr
    assert server.look().counters["control.strangers"] == 1
    assert control.ask(path, "health")["status"] == "ok"


def test_stalled_clients_hold_nothing(tmp_path: Path) -> None:
    """Clients that send nothing, half a line, or never read: others are served meanwhile, and they are dropped in the end."""
    folder = tmp_path / "run"
    with HttpServer(environment=control.environment(folder)) as server:
        path = control.path_of(folder, server.pid)
        baseline, open_before = server.settle(), sockets(server.pid)
        clients = [control.Client(path, receive_buffer=2048) for _ in range(30)]
        for number, client in enumerate(clients):
            if number % 3 == 1:
                client.send(b'{"version":1,')
            if number % 3 == 2:
                client.ask("scopes", watch=100)
        started = time.monotonic()
        for _ in range(20):
            assert control.ask(path, "health")["status"] == "ok"
        assert time.monotonic() - started < 5
        # Their request deadline is 10 s, the write deadline of those that never read as well.
        probes.until(lambda: server.look().totals["control"]["live"] == 0, 20, "they are dropped")
        probes.until(lambda: sockets(server.pid) == open_before, 2, "their descriptors are closed")
        now = server.look().gauges
        assert {name: now[name] for name in ("scopes", "tasks", "timers", "calls", "queuedBytes")} == {
            name: baseline.gauges[name] for name in ("scopes", "tasks", "timers", "calls", "queuedBytes")}
        counters = server.look().counters
        assert counters["control.timedOut"] == 20
        for client in clients:
            client.close()


def test_two_hundred_clients_at_once(served: tuple[HttpServer, Path]) -> None:
    server, path = served
    control.ask(path, "scopes")
    baseline = server.settle()
    clients = [control.Client(path) for _ in range(200)]
    for client in clients:
        client.ask("scopes", depth=0)
    for client in clients:
        assert client.result()["scopes"]["name"] == "server"
        client.close()
    server.await_baseline(baseline, 2)


def test_more_clients_than_allowed_are_told(served: tuple[HttpServer, Path]) -> None:
    server, path = served
    baseline = server.settle()
    clients = [control.Client(path) for _ in range(256)]
    probes.until(lambda: server.look().totals["control"]["live"] == 256, 10, "256 clients are connected")
    with control.Client(path) as late:
        assert late.error()["code"] == "busy"
    for client in clients:
        client.close()
    server.await_baseline(baseline, 2)
    assert control.ask(path, "health")["status"] == "ok"


@pytest.mark.parametrize("garbage", [b"\x00\xff\xfe\n", b"GET / HTTP/1.1\r\n\r\n", b"[]\n", b'{"version":1,"command":"call"}\n', b"{" * 5000 + b"\n"])
def test_garbage_is_answered_with_an_error(served: tuple[HttpServer, Path], garbage: bytes) -> None:
    server, path = served
    with control.Client(path) as client:
        client.send(garbage)
        assert client.error()["code"] == "invalid-request"
    assert control.ask(path, "health")["status"] == "ok"


def test_a_line_without_an_end_is_refused(served: tuple[HttpServer, Path]) -> None:
    server, path = served
    before = probes.resident_bytes(server.pid)
    with control.Client(path) as client:
        try:
            for _ in range(64):
                client.send(b"x" * (1 << 20))
        except (BrokenPipeError, ConnectionResetError):
            pass
    probes.until(lambda: server.look().totals["control"]["live"] == 0, 5, "the client is gone")
    assert probes.resident_bytes(server.pid) - before < 48 << 20


def test_stop_with_clients_attached_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with HttpServer(environment=control.environment(folder)) as server:
        path = control.path_of(folder, server.pid)
        clients = [control.Client(path) for _ in range(8)]
        for number, client in enumerate(clients):
            if number % 4 == 1:
                client.ask("call", name="process_run", arguments={"argv": ["sleep", "1000"], "mode": "wait"})
            if number % 4 == 2:
                client.ask("scopes", watch=100)
            if number % 4 == 3:
                client.send(b"{")
        probes.until(lambda: server.gauge("processes") == 2, 10, "the programs run")
        assert server.terminate(3) == 0, server.log()
        assert list(folder.iterdir()) == []
        for client in clients:
            while client.line() is not None:
                pass
            client.close()


def test_a_killed_servers_socket_is_removed_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with HttpServer(environment=control.environment(folder)) as living:
        kept = control.path_of(folder, living.pid)
        with HttpServer(environment=control.environment(folder)) as killed:
            stale = control.path_of(folder, killed.pid)
            killed.process.kill()
            killed.process.wait()
        assert stale.exists()
        with HttpServer(environment=control.environment(folder)) as next_one:
            control.path_of(folder, next_one.pid)
            assert not stale.exists()
            assert control.ask(kept, "health")["status"] == "ok"


def test_a_server_without_a_folder_serves_all_the_same(tmp_path: Path) -> None:
    blocked = tmp_path / "run"
    blocked.write_text("a file")
    with HttpServer(environment=control.environment(blocked)) as server:
        server.wait_for_line("no control socket: .* is not a folder")
        assert server.look().gauges["scopes"] > 0


def test_watching_wakes_nobody_when_it_is_over(served: tuple[HttpServer, Path]) -> None:
    server, path = served
    with control.Client(path) as client:
        client.ask("scopes", depth=0, watch=100)
        for _ in range(3):
            assert client.line()["event"]["scopes"]["name"] == "server"
    probes.until(lambda: server.look().totals["control"]["live"] == 0, 5, "the watcher is gone")
    server.settle()
    before = probes.wake_ups(server.pid)
    time.sleep(1)
    assert probes.wake_ups(server.pid) - before < 20


def test_health_over_http_answers_head_too(served: tuple[HttpServer, Path]) -> None:
    server, _ = served
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(f"HEAD /health HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while data := connection.recv(65536):
            answer += data
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK") and b"Content-Type: application/json" in head and body == b""
    assert int(head.lower().partition(b"content-length: ")[2].split()[0]) > 0


def test_sigusr1_still_prints_the_tree(served: tuple[HttpServer, Path]) -> None:
    server, _ = served
    server.process.send_signal(signal.SIGUSR1)
    server.wait_for_line(r"control pid|listener", 5)
    assert server.look().gauges["scopes"] > 0
