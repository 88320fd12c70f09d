"""Table C, a client at the other end of a pipe that goes away in unusual ways."""

from __future__ import annotations

import os
import socket
import subprocess
import time

import pytest

from kit import messages, probes
from kit.http_client import PATH, HttpClient
from kit.programs import warm_up
from kit.server import HttpServer, ServerProcess


def stdio() -> ServerProcess:
    return ServerProcess(["stdio"], stdin=subprocess.PIPE)


@pytest.mark.leak_row("epipe-exits-quietly")
def test_epipe_exits_quietly() -> None:
    with stdio() as server:
        arguments = {"command": "while :; do echo again; done", "mode": "stream"}
        call = messages.modern("tools/call", {"name": "process_run", "arguments": arguments}, progress="p", log_level="debug")
        server.process.stdin.write(messages.encode(call) + b"\n")
        server.process.stdin.flush()
        assert os.read(server.process.stdout.fileno(), 1)
        below = list(probes.descendants(server.pid))
        # Only its output is closed: stdin stays open, so nothing but the failed write can end it.
        server.process.stdout.close()
        assert server.wait(2) == 0, server.log()
        assert not [pid for pid in below if probes.is_alive(pid)]
        told = [line for line in server.stderr if "error" in line or "warning" in line]
        assert not told, told


@pytest.mark.leak_row("eof-during-handshake-no-spin")
@pytest.mark.parametrize("sent", [b"", b"\n", b'{"jsonrpc":"2.0","id":0,"method":"init', messages.encode(messages.initialize()) + b"\n"],
                         ids=["nothing", "empty line", "half a message", "no initialized"])
def test_eof_during_handshake_no_spin(sent: bytes) -> None:
    with stdio() as server:
        server.process.stdin.write(sent)
        server.process.stdin.close()
        assert server.wait(2) == 0, server.log()


@pytest.mark.leak_row("eof-during-handshake-no-spin")
def test_eof_during_handshake_no_spin_http(tmp_path) -> None:
    with HttpServer() as server:
        warm_up(HttpClient(server.port), tmp_path)
        baseline = server.settle()
        halves = [b"", b"POST", f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Le".encode(),
                  f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{{".encode()]
        connections = []
        for half in halves * 5:
            connection = socket.create_connection(("127.0.0.1", server.port))
            connection.sendall(half)
            connection.shutdown(socket.SHUT_WR)
            connections.append(connection)
        before = probes.cpu_seconds(server.pid)
        server.await_baseline(baseline, 1)
        time.sleep(0.5)  # the measurement itself
        burnt = probes.cpu_seconds(server.pid) - before
        assert burnt < 0.3, f"{burnt:.2f} s of CPU for connections that ended before they began"
        for connection in connections:
            connection.close()
