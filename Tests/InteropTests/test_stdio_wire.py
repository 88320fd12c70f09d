"""The stdio binding: nothing but MCP on stdout, both eras on one pipe, prompt ends."""

from __future__ import annotations

import json
import subprocess
import time

import pytest

from kit import messages, probes
from kit.server import ServerProcess
from kit.settings import LEGACY, LEGACY_VERSIONS, MODERN, within
from kit.stdio_client import StdioClient

SLEEPER = ["sh", "-c", "echo started; exec sleep 1000"]


def test_stdout_carries_nothing_but_messages() -> None:
    with StdioClient() as client:
        client.request("tools/list")
        # A child that writes wherever it can reach: its output is the plugin's, never the pipe's.
        client.tool("process_run", command="echo out; echo err >&2; echo three >&3 || true; seq 1 100", mode="wait")
        client.tool("process_run", argv=["true"], mode="wait")
        client.close_stdin()
        assert client.wait(2) == 0
        client._stdout_reader.join(within(5))
        assert client.lines
        for line in client.lines:
            assert line.endswith(b"\n") and b"\r" not in line
            message = json.loads(line.decode("utf-8"))
            assert message["jsonrpc"] == "2.0"


def test_discover_is_answered_before_anything_else_is_ready() -> None:
    with StdioClient() as client:
        discover, tools = client.start("server/discover"), client.start("tools/list")
        first = client.receive(2)
        assert first["id"] == discover and MODERN in first["result"]["supportedVersions"]
        listed = client.finish(tools)
        assert {"process_run", "logs_follow"} <= {tool["name"] for tool in listed["result"]["tools"]}


@pytest.mark.parametrize("version", LEGACY_VERSIONS)
def test_each_legacy_version(version: str) -> None:
    with StdioClient(era="legacy", version=version) as client:
        assert client.initialized["protocolVersion"] == version
        assert client.tool("process_run", argv=["true"], mode="wait")["exitCode"] == 0 if version >= "2025-06-18" else True


def test_both_eras_on_one_pipe() -> None:
    with StdioClient(era="legacy") as client:
        client.send(messages.modern("server/discover", id="modern"))
        assert client.receive()["result"]["resultType"] == "complete"
        assert "resultType" not in client.request("tools/list")


def test_ping_before_initialize_is_answered() -> None:
    with StdioClient(era=None, version=LEGACY) as client:
        client.send(messages.legacy("ping", id="early"))
        assert client.receive() == {"jsonrpc": "2.0", "id": "early", "result": {}}


def test_request_without_meta_and_session_is_32602_not_modern() -> None:
    """Any other than the modern codes makes a probing client fall back."""
    with StdioClient(era=None, version=LEGACY) as client:
        client.send(messages.legacy("tools/list"))
        assert client.receive()["error"]["code"] == -32602


def test_broken_lines_are_answered_and_the_next_is_served() -> None:
    with StdioClient(era=None, version=MODERN) as client:
        client.send_bytes(b"{broken\n")
        assert client.receive()["error"]["code"] == -32700
        client.send_bytes(b"[]\n")
        assert client.receive()["error"]["code"] == -32600
        client.send_bytes(b'"text"\n')
        assert client.receive()["error"]["code"] == -32600
        client.send(messages.modern("server/discover", id=9))
        assert client.receive()["id"] == 9


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_cancelled_request_is_not_answered(era: str) -> None:
    with StdioClient(era=era) as client:
        call = client.start("tools/call", {"name": "process_run", "arguments": {"argv": SLEEPER, "mode": "stream"}}, progress=True)
        while client.receive().get("method") != "notifications/progress":
            continue
        client.send(messages.notification("notifications/cancelled", {"requestId": call}))
        probes.until(lambda: not probes.descendants(client.pid), 1, "the cancelled call's process is gone")
        assert client.request("tools/list")["tools"]
        answered = [line for line in client.lines if json.loads(line).get("id") == call]
        assert not answered


def test_cancel_right_behind_its_request_is_not_lost() -> None:
    with StdioClient() as client:
        client.request("tools/list")
        for _ in range(50):
            call = client.start("tools/call", {"name": "process_run", "arguments": {"argv": SLEEPER, "mode": "wait"}})
            client.send(messages.notification("notifications/cancelled", {"requestId": call}))
        assert client.request("tools/list")["tools"]
        probes.until(lambda: not probes.descendants(client.pid), 2, "no cancelled call has a process")


def test_sigterm_ends_it() -> None:
    with StdioClient() as client:
        started = client.tool("process_run", argv=SLEEPER, mode="background")
        assert client.terminate(1) == 0
        assert not probes.is_alive(started["pid"])


@pytest.mark.parametrize("how", ["SIGTERM", "EOF"])
def test_stop_while_plugins_are_loading_ends_it(how: str) -> None:
    """A half-loaded plugin is undone like a loaded one. The first answer comes before the plugins are there."""
    for _ in range(10):
        with StdioClient(era=None, version=LEGACY) as client:
            client.send(messages.legacy("ping"))
            client.receive()
            if how == "EOF":
                client.close_stdin()
            else:
                client.process.terminate()
            assert client.wait(2) == 0, client.log()


def test_eof_before_any_message_ends_it() -> None:
    with ServerProcess(["stdio"], stdin=subprocess.PIPE) as server:
        server.process.stdin.close()
        assert server.wait(2) == 0


def test_eof_in_the_middle_of_a_line_ends_it() -> None:
    with StdioClient(era=None) as client:
        client.send_bytes(b'{"jsonrpc":"2.0","id":1,')
        client.close_stdin()
        assert client.wait(2) == 0


def test_reader_that_went_away_ends_it_quietly() -> None:
    """stdout is closed while a call streams: no spinning, no complaint for every line."""
    call = messages.modern("tools/call", {"name": "process_run", "arguments": {
        "command": "while :; do echo line; sleep 0.01; done", "mode": "stream"}}, progress="p")
    with ServerProcess(["stdio"], stdin=subprocess.PIPE) as server:
        server.process.stdin.write(messages.encode(call) + b"\n")
        server.process.stdin.flush()
        assert json.loads(server.process.stdout.readline())["method"] == "notifications/progress"
        below = probes.descendants(server.pid)
        assert below
        server.process.stdout.close()
        server.wait(3)
        probes.until(lambda: not any(probes.is_running(pid) for pid in below), 1, "its processes are gone")
        assert len(server.stderr) < 20, server.log()


def answers(server: ServerProcess, requests: list[dict], seconds: float = 10) -> dict[object, dict]:
    """What a client gets that writes requests, closes its input and reads to the end."""
    server.process.stdin.write(b"".join(messages.encode(request) + b"\n" for request in requests))
    server.process.stdin.close()
    out = server.process.stdout.read()
    assert server.wait(seconds) == 0, server.log()
    return {message["id"]: message for message in map(json.loads, out.splitlines()) if "id" in message}


def test_what_came_before_the_end_of_input_is_answered() -> None:
    """`printf … | ambit stdio`: the plugins are still being loaded when the input ends."""
    echo = {"name": "process_run", "arguments": {"argv": ["echo", "hello"], "mode": "wait"}}
    with ServerProcess(["stdio"], stdin=subprocess.PIPE) as server:
        got = answers(server, [
            messages.modern("server/discover", id=1), messages.modern("tools/list", id=2), messages.modern("tools/call", echo, id=3),
            messages.modern("tools/call", {"name": "proces_run", "arguments": {}}, id=4)])
    assert got.keys() == {1, 2, 3, 4}
    assert "process_run" in str(got[2]["result"]["tools"])
    assert got[3]["result"]["structuredContent"]["exitCode"] == 0 and "hello" in str(got[3])
    assert got[4]["error"]["message"] == "Unknown tool: proces_run; did you mean 'process_run'?"


def test_a_large_answer_is_written_to_its_end_after_the_end_of_input() -> None:
    """More than the pipe holds: the last answers wait until the client reads them."""
    with ServerProcess(["stdio"], stdin=subprocess.PIPE) as server:
        got = answers(server, [messages.modern("tools/list", id=number) for number in range(100)])
    assert got.keys() == set(range(100)) and all(message["result"]["tools"] for message in got.values())


def test_long_calls_are_cancelled_at_the_end_of_input() -> None:
    call = {"name": "process_run", "arguments": {"argv": SLEEPER, "mode": "wait"}}
    with StdioClient() as client:
        client.request("tools/list")
        held = client.start("tools/call", call)
        quick = client.start("tools/call", {"name": "process_run", "arguments": {"argv": ["sh", "-c", "sleep 0.1"], "mode": "wait"}})
        below = probes.until(lambda: list(probes.descendants(client.pid)), 5, "programs run")
        started = time.monotonic()
        client.close_stdin()
        assert client.finish(quick)["result"]["structuredContent"]["exitCode"] == 0
        assert client.wait(3) == 0
        assert time.monotonic() - started < within(1.5)
        assert not [pid for pid in below if probes.is_alive(pid)]
        client._stdout_reader.join(within(5))
        # Whether its answer still gets out is a matter of time; that it was cancelled is not.
        told = [message for message in map(json.loads, client.lines) if message.get("id") == held]
        assert all("error" in answer or answer["result"]["isError"] for answer in told), told


def test_a_client_that_is_gone_altogether_is_not_waited_for() -> None:
    with ServerProcess(["stdio"], stdin=subprocess.PIPE) as server:
        call = {"name": "process_run", "arguments": {"argv": SLEEPER, "mode": "stream"}}
        server.process.stdin.write(messages.encode(messages.modern("tools/call", call, progress="p", log_level="debug")) + b"\n")
        server.process.stdin.flush()
        assert server.process.stdout.read1(1)
        server.process.stdout.close()
        started = time.monotonic()
        server.process.stdin.close()
        assert server.wait(2) == 0, server.log()
        assert time.monotonic() - started < within(1.5)
