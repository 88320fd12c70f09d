"""The official Python SDK as client: list, call, stream, cancel, drop; both eras, both transports.

Every message of both directions is validated against the official schema of its version (kit/sdk.py)."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.shared.exceptions import MCPError

from kit import probes, sdk
from kit.programs import warm_up
from kit.http_client import HttpClient, is_part
from kit.server import HttpServer, binary, flags
from kit.settings import LEGACY, MODERN, SERVER_ARGUMENTS, within

TOOLS = {"process_run", "process_list", "process_stop", "logs_query", "logs_follow"}
SLEEPER = ["sh", "-c", "echo started; exec sleep 1000"]
DROPPER = Path(sdk.__file__).with_name("sdk_dropper.py")


class Setting:
    """One transport and one era; for HTTP with a server of its own."""

    def __init__(self, transport: str, era: str, folder: Path, server: HttpServer | None) -> None:
        self.transport, self.era, self.folder, self.server = transport, era, folder, server

    def connect(self, **callbacks: Any) -> AbstractAsyncContextManager[Any]:
        if self.server is not None:
            return sdk.over_http(self.server, self.era, **callbacks)
        return sdk.over_stdio(self.folder, self.era, **callbacks)

    def server_pid(self) -> int:
        return self.server.pid if self.server is not None else sdk.server_pid(self.folder)


@pytest.fixture(params=[(t, e) for t in ("http", "stdio") for e in ("modern", "legacy")], ids="-".join)
def setting(request: pytest.FixtureRequest, tmp_path: Path):
    transport, era = request.param
    if transport == "http":
        with HttpServer(*flags(detach_grace="0.5s", resume_grace="0.5s")) as server:
            yield Setting(transport, era, tmp_path, server)
    else:
        binary()
        yield Setting(transport, era, tmp_path, None)


def test_lists_tools(setting: Setting) -> None:
    async def story() -> None:
        async with setting.connect() as (client, record):
            assert client.protocol_version == (MODERN if setting.era == "modern" else LEGACY)
            listed = (await client.list_tools()).tools
            assert TOOLS <= {tool.name for tool in listed}
            for tool in listed:
                assert tool.description and tool.input_schema["type"] == "object"
            assert (await client.list_tools(cache_mode="bypass")).tools == listed, "the order of tools changes"
            assert client.server_info is not None and client.server_info.name
            assert client.server_capabilities.tools is not None and client.server_capabilities.logging is not None

    sdk.play(story)


def test_calls_tools(setting: Setting) -> None:
    async def story() -> None:
        async with setting.connect() as (client, record):
            done = await client.call_tool("process_run", {"command": "printf 'a\\nb\\n'; exit 3", "mode": "wait"})
            assert not done.is_error and done.content
            assert (done.structured_content["status"], done.structured_content["exitCode"]) == ("exited", 3)
            # In the stateless era a handle in the result stands for the session; elsewhere the connection is it.
            handle = {"session": done.structured_content["session"]} if "session" in done.structured_content else {}
            assert bool(handle) == (setting.era == "modern" and setting.transport == "http")
            page = await client.call_tool("logs_query", {"process": done.structured_content["process"], **handle})
            assert [line["text"] for line in page.structured_content["lines"]] == ["a", "b"]
            refused = await client.call_tool("process_run", {"argv": ["/no/such/program"], "mode": "wait", **handle})
            assert refused.is_error and "/no/such/program" in refused.content[0].text
            with pytest.raises(MCPError) as unknown:
                await client.call_tool("no_such_tool", {})
            assert unknown.value.code == -32602
            wrong = await client.call_tool("process_run", {"argv": "not a list", "mode": "wait"})
            assert wrong.is_error

    sdk.play(story)


def test_streams_progress_and_logs(setting: Setting) -> None:
    async def story() -> None:
        progress: list[tuple[float, str | None]] = []
        logs: list[Any] = []

        async def on_progress(value: float, total: float | None, message: str | None) -> None:
            progress.append((value, message))

        async def on_log(params: Any) -> None:
            logs.append(params)

        async with setting.connect(logging_callback=on_log, log_level="debug") as (client, record):
            if setting.era == "legacy":
                await client.set_logging_level("debug")
            done = await client.call_tool(
                "process_run", {"argv": ["seq", "1", "200"], "mode": "stream"}, progress_callback=on_progress)
            assert not done.is_error and done.structured_content["exitCode"] == 0
            expected = [str(i) for i in range(1, 201)]
            with anyio.fail_after(within(5)):
                while len(logs) < 200:  # callbacks may still be on their way
                    await anyio.sleep(0.01)
            # Progress may leave lines out where the client's queue is full; logs may not.
            assert progress and is_part([message or "" for _, message in progress], expected)
            values = [value for value, _ in progress]
            assert values == sorted(set(values)), "progress must grow strictly"
            texts = [log.data["text"] if isinstance(log.data, dict) else log.data for log in logs]
            assert texts == expected
        kinds = [message.get("method") or "response" for message in record.received]
        assert kinds.index("notifications/progress") < len(kinds) - 1

    sdk.play(story)


def test_cancel_ends_the_call_and_its_process(setting: Setting) -> None:
    if setting.server is not None:
        warm_up(HttpClient(setting.server.port), setting.folder)

    async def story() -> None:
        async with setting.connect() as (client, record):
            # What a session holds from its first call on, and the handle that stands for a session, belong to the baseline.
            first = (await client.call_tool("process_run", {"argv": ["true"], "mode": "wait"})).structured_content
            handle = {"session": first["session"]} if "session" in first else {}
            if setting.server is not None:
                baseline = await anyio.to_thread.run_sync(setting.server.settle)
            pid = setting.server_pid()
            started = anyio.Event()

            async def on_progress(value: float, total: float | None, message: str | None) -> None:
                started.set()

            with anyio.fail_after(within(15)):
                async with anyio.create_task_group() as group:
                    async def call() -> None:
                        await client.call_tool(
                            "process_run", {"argv": SLEEPER, "mode": "stream", **handle}, progress_callback=on_progress)

                    group.start_soon(call)
                    await started.wait()
                    assert probes.descendants(pid)
                    group.cancel_scope.cancel()
            await anyio.to_thread.run_sync(
                lambda: probes.until(lambda: not probes.descendants(pid), 1, "the cancelled call's process is gone"))
            assert TOOLS <= {tool.name for tool in (await client.list_tools(cache_mode="bypass")).tools}
            if setting.server is not None:
                await anyio.to_thread.run_sync(lambda: setting.server.await_baseline(baseline, 1))
        cancelled = [m for m in record.sent if m.get("method") == "notifications/cancelled"]
        assert bool(cancelled) == (setting.era == "legacy" or setting.transport == "stdio")
        for message in cancelled:
            answered = [m for m in record.received if m.get("id") == message["params"]["requestId"] and "method" not in m]
            assert not answered, "a cancelled request was answered"

    sdk.play(story)


def test_dropped_client_leaves_nothing(setting: Setting) -> None:
    """The client process is killed in the middle of a call that streams."""
    if setting.server is not None:
        client = HttpClient(setting.server.port)
        warm_up(client, setting.folder)
        baseline = setting.server.settle()
        target = ["http", setting.server.url]
    else:
        target = ["stdio", binary(), "stdio", *SERVER_ARGUMENTS]
    with subprocess.Popen([sys.executable, str(DROPPER), *target, setting.era], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as dropper:
        try:
            said = dropper.stdout.readline().strip()
            assert said == "streaming", dropper.stderr.read()
            root = setting.server.pid if setting.server is not None else dropper.pid
            below = list(probes.descendants(root))
            assert below
        finally:
            dropper.send_signal(signal.SIGKILL)
    probes.until(lambda: not any(probes.is_running(pid) for pid in below), 2, "what the client had running is gone")
    if setting.server is not None:
        if setting.era == "legacy":
            # Nobody deleted the session; what it holds by itself (no call, no process) stays until its idle deadline.
            now = setting.server.await_baseline(baseline, 1.5, ignoring=frozenset(
                {"sessions", "scopes", "streams", "timers", "channels", "subscriptions", "tasks", "finalizers", "registrations",
                 "protocolSessions"}))
            assert now.gauges["processes"] == baseline.gauges["processes"]
        else:
            setting.server.await_baseline(baseline, 1)


def test_modern_client_need_not_discover(tmp_path: Path) -> None:
    async def story() -> None:
        with HttpServer() as server:
            async with sdk.over_http(server, "pinned") as (client, record):
                assert TOOLS <= {tool.name for tool in (await client.list_tools()).tools}
                assert "server/discover" not in record.methods_sent()
        async with sdk.over_stdio(tmp_path, "pinned") as (client, record):
            assert TOOLS <= {tool.name for tool in (await client.list_tools()).tools}

    sdk.play(story)
