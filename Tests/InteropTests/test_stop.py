"""Signals, and what shows the tree: `ambit scopes`, SIGUSR1."""

from __future__ import annotations

import json
import signal
import subprocess

from kit import probes, wire
from kit.http_client import HttpClient
from kit.server import HttpServer, binary
from kit.settings import within
from kit.stdio_client import StdioClient


def scopes(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([binary(), "scopes", *arguments], capture_output=True, text=True, timeout=within(10))


def test_sigterm_and_sigint_end_the_server() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with HttpServer() as server:
            client = HttpClient(server.port)
            started = client.tool("process_run", argv=["sleep", "1000"], mode="background")
            server.process.send_signal(number)
            assert server.wait(1) == 0, server.log()
            assert not probes.is_alive(started["pid"])


def test_a_taken_port_is_an_error_that_says_so(server: HttpServer) -> None:
    second = subprocess.run([binary(), "serve", "--port", str(server.port)], capture_output=True, text=True, timeout=within(10))
    assert second.returncode != 0
    assert str(server.port) in second.stderr


def test_scopes_command_prints_the_live_tree(server: HttpServer) -> None:
    client = HttpClient(server.port)
    with client.tool_stream("process_run", argv=["sh", "-c", "echo started; exec sleep 1000"], mode="stream") as call:
        assert call.next_line() == "started"
        url = f"http://127.0.0.1:{server.port}"
        text = scopes("--url", url)
        assert text.returncode == 0, text.stderr
        assert "process_run" in text.stdout
        found = json.loads(scopes("--url", url, "--json").stdout)
        assert {"scopes", "totals", "gauges"} <= found.keys()
        assert found["gauges"]["processes"] >= 1
        call.vanish()


def test_scopes_command_without_a_server_says_so() -> None:
    found = scopes("--url", "http://127.0.0.1:1")
    assert found.returncode != 0 and "127.0.0.1:1" in found.stderr


def test_debug_page_has_every_gauge(server: HttpServer) -> None:
    found = probes.ledger(server.port)
    assert {"scopes", "tasks", "processes", "timers", "subscriptions", "channels", "finalizers", "sessions", "streams",
            "queuedBytes", "descriptors", "threads"} <= found["gauges"].keys()
    text = wire.request(server.port, "GET", "/debug/scopes")
    assert text.status == 200 and text.content_type == "text/plain" and text.body


def test_debug_page_is_for_own_hosts_only(server: HttpServer) -> None:
    assert wire.request(server.port, "GET", "/debug/scopes", {"Host": "evil.example"}).status in (403, 421)
    assert wire.request(server.port, "GET", "/debug/scopes", {"Origin": "http://evil.example"}).status == 403


def test_sigusr1_prints_the_tree_of_a_stdio_server() -> None:
    with StdioClient() as client:
        client.tool("process_run", argv=["sleep", "1000"], mode="background", name="in-the-tree")
        client.process.send_signal(signal.SIGUSR1)
        client.wait_for_line("in-the-tree", 5)
        assert client.request("tools/list")["tools"]
