"""The client of fastmcp: both eras, both transports, with the shipped plugins and with Plugins/Everything; every message is validated.

It speaks with the official SDK's session, but has its own way to connect (one task holds a connection, for several users), its own
transports, handlers and results (kit/fastmcp_client.py)."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import mcp_types as types
import pytest

from kit import probes, sdk
from kit.fastmcp_client import judge, over_http, over_stdio, read_wire, stdio_transport
from kit.http_client import HttpClient, is_part
from kit.listen import subscription
from kit.programs import warm_up
from kit.server import HttpServer, binary, flags
from kit.settings import LEGACY, MODERN, SERVER_ARGUMENTS, within

from fastmcp import Client
from fastmcp.client.elicitation import ElicitResult
from fastmcp.client.messages import MessageHandler
from fastmcp.exceptions import ToolError
from mcp.client.subscriptions import listen
from mcp.shared.exceptions import MCPError

import everything
from everything import PROMPTS, RESOURCES, WATCHED

TOOLS = {"process_run", "process_list", "process_stop", "logs_query", "logs_follow"}
TOKEN = "a-static.token_of~24+bytes"
SLEEPER = ["sh", "-c", "echo started; exec sleep 1000"]

# A client process that starts a call which streams for ever, says so once the first line has come, and is there to be killed.
DROPPER = f"""\
import asyncio, os, sys
from fastmcp import Client
from fastmcp.client.transports import StdioTransport

async def main():
    kind, mode, *where = sys.argv[1:]
    async def progress(value, total, message):
        print("streaming", flush=True)
    target = where[0] if kind == "http" else StdioTransport(where[0], where[1:], env=dict(os.environ))
    async with Client(target, mode=mode) as client:
        await client.call_tool("process_run", dict(argv={SLEEPER!r}, mode="stream"), progress_handler=progress)

asyncio.run(main())
"""


@dataclass
class Setting:
    """One transport and one era; for HTTP with a server of its own."""

    era: str
    folder: Path
    arguments: Sequence[str]
    server: HttpServer | None

    @property
    def is_modern(self) -> bool:
        return self.era == "modern"

    def connect(self, **more: Any) -> AbstractAsyncContextManager[Any]:
        if self.server is not None:
            return over_http(self.server, self.era, **more)
        return over_stdio(self.folder, self.era, self.arguments, **more)

    def server_pid(self) -> int:
        return self.server.pid if self.server is not None else sdk.server_pid(self.folder)

    def last_id(self, record: sdk.Record) -> Any:
        """Of the client's last request."""
        record = record if self.server is not None else read_wire(self.folder, self.era)
        return [message["id"] for message in record.sent if "id" in message][-1]

    def handle(self, result: Any) -> dict[str, str]:
        """In the stateless era a handle in the result stands for the session; elsewhere the connection is it."""
        found = {"session": result.structured_content["session"]} if "session" in result.structured_content else {}
        assert bool(found) == (self.is_modern and self.server is not None)
        return found


def settings(request: pytest.FixtureRequest, folder: Path, http: Sequence[str], arguments: Sequence[str]) -> Iterator[Setting]:
    transport, era = request.param
    if transport == "http":
        with HttpServer(*arguments, *http) as server:
            yield Setting(era, folder, arguments, server)
    else:
        binary()
        yield Setting(era, folder, arguments, None)


WAYS = [(transport, era) for transport in ("http", "stdio") for era in ("modern", "legacy")]


@pytest.fixture(params=WAYS, ids="-".join)
def setting(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Setting]:
    """The shipped plugins."""
    yield from settings(request, tmp_path, flags(detach_grace="0.5s", resume_grace="0.5s"), [])


@pytest.fixture(params=WAYS, ids="-".join)
def whole(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Setting]:
    """Plugins/Everything."""
    yield from settings(request, tmp_path, [], everything.arguments())


async def in_thread(work: Callable[[], Any]) -> Any:
    return await anyio.to_thread.run_sync(work)


async def arrives(condition: Callable[[], Any], what: str) -> None:
    """Handlers run beside the call that they belong to: what they are told may come after its result."""
    with anyio.move_on_after(within(5)):
        while not condition():
            await anyio.sleep(0.01)
    assert condition(), what


def dumped(model: Any) -> Any:
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


# ---- the shipped plugins


def test_lists_tools(setting: Setting) -> None:
    async def story() -> None:
        async with setting.connect() as (client, record):
            assert client.protocol_version == (MODERN if setting.is_modern else LEGACY)
            assert (client.initialize_result is None) == setting.is_modern
            listed = await client.list_tools()
            assert TOOLS <= {tool.name for tool in listed}
            assert all(tool.description and tool.input_schema["type"] == "object" for tool in listed)
            assert await client.list_tools() == listed, "the order of tools changes"
            assert client.server_info.name and client.server_capabilities.tools is not None

    sdk.play(story)


def test_calls_tools(setting: Setting) -> None:
    async def story() -> None:
        async with setting.connect() as (client, record):
            done = await client.call_tool("process_run", {"command": "printf 'a\\nb\\n'; exit 3", "mode": "wait"})
            # `data` is what fastmcp makes of the structured result, by the output schema.
            assert not done.is_error and (done.data.status, done.data.exitCode) == ("exited", 3)
            handle = setting.handle(done)
            page = await client.call_tool("logs_query", {"process": done.data.process, **handle})
            assert [line["text"] for line in page.structured_content["lines"]] == ["a", "b"]
            with pytest.raises(ToolError, match="/no/such/program"):
                await client.call_tool("process_run", {"argv": ["/no/such/program"], "mode": "wait", **handle})
            wrong = await client.call_tool("process_run", {"argv": "not a list", "mode": "wait"}, raise_on_error=False)
            assert wrong.is_error and wrong.data is None and "argv" in wrong.content[0].text
            with pytest.raises(MCPError) as unknown:
                await client.call_tool("no_such_tool", {})
            assert unknown.value.code == -32602
            assert TOOLS <= {tool.name for tool in await client.list_tools()}, "an error has ended the connection"

    sdk.play(story)


def test_many_calls_at_once(setting: Setting) -> None:
    async def story() -> None:
        async with setting.connect() as (client, record):
            async def echo(number: int) -> int:
                # Whoever uses a client enters it; all of them share the connection.
                async with client:
                    done = await client.call_tool("process_run", {"argv": ["sh", "-c", f"exit {number}"], "mode": "wait"})
                    return done.data.exitCode

            assert await asyncio.gather(*map(echo, range(16))) == list(range(16))
            assert client.is_connected()
        began = [method for method in record.methods_sent() if method in ("initialize", "server/discover")]
        assert began == ["server/discover" if setting.is_modern else "initialize"]

    sdk.play(story)


def test_streams_progress_and_logs(setting: Setting) -> None:
    async def story() -> None:
        progress: list[tuple[float, str | None]] = []
        logs: list[types.LoggingMessageNotificationParams] = []

        async def on_progress(value: float, total: float | None, message: str | None) -> None:
            progress.append((value, message))

        async def on_log(message: types.LoggingMessageNotificationParams) -> None:
            logs.append(message)

        async with setting.connect(log_handler=on_log, progress_handler=on_progress) as (client, record):
            if not setting.is_modern:
                await client.set_logging_level("debug")  # Modern requests of fastmcp ask for `debug` by themselves.
            done = await client.call_tool("process_run", {"argv": ["seq", "1", "200"], "mode": "stream"})
            assert done.data.exitCode == 0
            expected = [str(number) for number in range(1, 201)]
            await arrives(lambda: len(logs) >= 200, "every line is logged")
            # Progress may leave lines out where the client's queue is full; logs may not.
            assert progress and is_part([message or "" for _, message in progress], expected)
            values = [value for value, _ in progress]
            assert values == sorted(set(values)), "progress must grow strictly"
            assert [log.data["text"] if isinstance(log.data, dict) else log.data for log in logs] == expected
        kinds = [message.get("method") or "response" for message in record.received]
        assert kinds.index("notifications/progress") < len(kinds) - 1

    sdk.play(story)


@pytest.mark.parametrize("how", ["awaiting", "deadline", "id"])
def test_a_call_that_is_given_up_ends_with_its_process(setting: Setting, how: str) -> None:
    """By whoever awaits it, by the deadline that it was given, or by its id."""
    if setting.server is not None:
        warm_up(HttpClient(setting.server.port), setting.folder)

    async def story() -> None:
        async with setting.connect() as (client, record):
            # What a session holds from its first call on, and the handle that stands for a session, belong to the baseline.
            handle = setting.handle(await client.call_tool("process_run", {"argv": ["true"], "mode": "wait"}))
            if setting.server is not None:
                baseline = await in_thread(setting.server.settle)
            pid = setting.server_pid()
            started = anyio.Event()

            async def on_progress(value: float, total: float | None, message: str | None) -> None:
                started.set()

            call = asyncio.ensure_future(client.call_tool(
                "process_run", {"argv": SLEEPER, "mode": "stream", **handle}, progress_handler=on_progress,
                timeout=within(2) if how == "deadline" else None))
            with anyio.fail_after(within(15)):
                await started.wait()
                below = list(probes.descendants(pid))
                assert below
                if how == "id":
                    await client.cancel(setting.last_id(record), "enough")
                elif how == "awaiting":
                    call.cancel()
                else:
                    with pytest.raises(MCPError) as late:
                        await call
                    assert late.value.code == types.REQUEST_TIMEOUT
            await in_thread(lambda: probes.until(lambda: not probes.descendants(pid), 1, "the process of the call is gone"))
            assert not any(probes.is_running(process) for process in below)
            if how != "deadline":
                # fastmcp does not end a call that it cancels by its id: whoever awaits it goes on waiting.
                assert call.done() == (how == "awaiting")
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
            assert TOOLS <= {tool.name for tool in await client.list_tools()}
            if setting.server is not None:
                await in_thread(lambda: setting.server.await_baseline(baseline))
        cancelled = [message for message in record.sent if message.get("method") == "notifications/cancelled"]
        assert bool(cancelled) == (not setting.is_modern or setting.server is None)
        for message in cancelled:
            answered = [m for m in record.received if m.get("id") == message["params"]["requestId"] and "method" not in m]
            assert not answered, "a cancelled request was answered"

    sdk.play(story)


def test_a_killed_client_leaves_nothing(setting: Setting) -> None:
    if setting.server is not None:
        warm_up(HttpClient(setting.server.port), setting.folder)
        baseline = setting.server.settle()
        target = ["http", sdk.MODES[setting.era], setting.server.url]
    else:
        target = ["stdio", sdk.MODES[setting.era], binary(), "stdio", *SERVER_ARGUMENTS]
    with subprocess.Popen([sys.executable, "-c", DROPPER, *target], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as dropper:
        try:
            said = dropper.stdout.readline().strip()
            assert said == "streaming", dropper.stderr.read()
            below = list(probes.descendants(setting.server.pid if setting.server is not None else dropper.pid))
            assert below
        finally:
            dropper.send_signal(signal.SIGKILL)
    probes.until(lambda: not any(probes.is_running(pid) for pid in below), 2, "what the client had running is gone")
    if setting.server is not None:
        if setting.is_modern:
            setting.server.await_baseline(baseline, 1)
        else:
            # Nobody deleted the session; what it holds by itself (no call, no process) stays until its idle deadline.
            now = setting.server.await_baseline(baseline, 1.5, ignoring=frozenset(
                {"sessions", "scopes", "streams", "timers", "channels", "subscriptions", "tasks", "finalizers", "registrations",
                 "protocolSessions"}))
            assert now.gauges["processes"] == baseline.gauges["processes"]


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_a_kept_server_is_used_again(tmp_path: Path, era: str) -> None:
    """What fastmcp does unless told otherwise: the server of a stdio client goes on between two uses, with its session."""
    async def story() -> None:
        client = Client(stdio_transport(tmp_path, keep_alive=True), mode=sdk.MODES[era], timeout=within(20))
        async with client:
            process = (await client.call_tool("process_run", {"argv": SLEEPER, "mode": "background"})).data.process
            pid = sdk.server_pid(tmp_path)
        async with client:
            (entry,) = (await client.call_tool("process_list")).structured_content["processes"]
            assert (entry["process"], entry["status"]) == (process, "running")
            below = list(probes.descendants(pid))
            assert below and sdk.server_pid(tmp_path) == pid
        await client.close()
        assert not any(probes.is_running(process) for process in [pid, *below])
        judge(read_wire(tmp_path, era))

    sdk.play(story)


def test_the_era_can_be_pinned(tmp_path: Path) -> None:
    async def story() -> None:
        with HttpServer() as server:
            async with over_http(server, "pinned") as (client, record):
                assert client.protocol_version == MODERN
                assert TOOLS <= {tool.name for tool in await client.list_tools()}
                assert "server/discover" not in record.methods_sent()
        async with over_stdio(tmp_path, "pinned") as (client, record):
            assert TOOLS <= {tool.name for tool in await client.list_tools()}
        assert "server/discover" not in record.methods_sent()

    sdk.play(story)


# ---- Plugins/Everything


def test_it_reads_everything(whole: Setting) -> None:
    async def story() -> None:
        async with whole.connect() as (client, record):
            assert client.server_info.name == everything.NAME
            listed = [tool.name for tool in await client.list_tools()]
            assert listed[0] == "test_simple_text" and {row.tool for row in everything.ROWS} <= set(listed)
            for row in everything.ROWS:
                if row.answers or row.tool in ("failing_job", "test_reconnection", "test_tool_with_progress"):
                    continue
                done = await client.call_tool(row.tool, row.arguments, raise_on_error=False)
                assert [dumped(block) for block in done.content] == row.content and done.is_error == row.is_error, row.tool
            assert (await client.call_tool("test_app", {"name": "Ada"})).data == {"greeting": "Hello, Ada!"}

            uris = {str(resource.uri) for resource in await client.list_resources()}
            assert set(RESOURCES) - {"test://template/123/data"} <= uris
            (template,) = await client.list_resource_templates()
            assert template.uri_template == "test://template/{id}/data"
            for uri, expected in RESOURCES.items():
                (contents,) = await client.read_resource(uri)
                assert dumped(contents) == {"uri": uri, **expected}

            prompts = {prompt.name: prompt for prompt in await client.list_prompts()}
            assert set(PROMPTS) <= set(prompts)
            for name, (arguments, content) in PROMPTS.items():
                made = await client.get_prompt(name, arguments)
                assert [dumped(message.content) for message in made.messages] == content, name

            prompt = types.PromptReference(type="ref/prompt", name="test_prompt_with_arguments")
            assert (await client.complete(prompt, {"name": "arg1", "value": "t"})).values == ["two"]
            reference = types.ResourceTemplateReference(type="ref/resource", uri="test://template/{id}/data")
            assert (await client.complete(reference, {"name": "id", "value": "1"})).values == ["123"]

    sdk.play(story)


def test_errors_come_as_what_they_are(whole: Setting) -> None:
    async def story() -> None:
        async with whole.connect() as (client, record):
            with pytest.raises(ToolError, match="intentionally returns an error"):
                await client.call_tool("test_error_handling")
            for attempt, code in (
                (lambda: client.call_tool("no_such_tool"), -32602),
                (lambda: client.call_tool("protocol_error_job"), -32603),
                (lambda: client.call_tool("test_missing_capability"), -32021 if whole.is_modern else -32602),
                (lambda: client.read_resource("test://nothing"), -32602 if whole.is_modern else -32002),
                (lambda: client.get_prompt("nothing"), -32602),
                (lambda: client.get_prompt("test_prompt_with_arguments", {"arg1": "a"}), -32602),
            ):
                with pytest.raises(MCPError) as refused:
                    await attempt()
                assert refused.value.code == code
            assert await client.list_prompts(), "an error has ended the connection"

    sdk.play(story)


def test_it_is_told_as_much_as_it_wants(whole: Setting) -> None:
    async def story() -> None:
        told: list[tuple[float, float | None, str | None]] = []
        logs: list[Any] = []

        async def on_progress(value: float, total: float | None, message: str | None) -> None:
            told.append((value, total, message))

        async def on_log(message: types.LoggingMessageNotificationParams) -> None:
            logs.append(message.data)

        async with whole.connect(log_handler=on_log) as (client, record):
            await client.call_tool("test_tool_with_progress", progress_handler=on_progress)
            await arrives(lambda: len(told) == 3, "three steps are told")
            assert told == [(step, 100, f"Completed step {step} of 100") for step in (0, 50, 100)]
            await client.call_tool("test_logging_tool")
            await arrives(lambda: logs, "one message is logged")
            if whole.is_modern:
                with pytest.raises(RuntimeError, match="not available"):
                    await client.set_logging_level("warning")
            else:
                await client.set_logging_level("warning")
                await client.call_tool("test_logging_tool")
        assert sum(message.get("method") == "notifications/message" for message in record.received) == len(logs) == 1

    sdk.play(story)


VALUES = {"name": "Alice", "color": "blue", "ok": True, "context": "test context", "confirm": True}


def test_it_answers_what_it_is_asked(whole: Setting) -> None:
    async def elicit(message: str, response_type: Any, params: types.ElicitRequestFormParams, context: Any) -> Any:
        # A class made of the schema that the server asks by, as handlers of fastmcp are given it.
        return response_type(**{name: VALUES[name] for name in params.requested_schema["properties"]})

    async def sample(messages: list[types.SamplingMessage], params: types.CreateMessageRequestParams, context: Any) -> str:
        assert messages[0].role == "user" and params.max_tokens > 0
        return "Paris"

    async def story() -> None:
        async with whole.connect(elicitation_handler=elicit, sampling_handler=sample, roots=["file:///test/root"]) as (client, record):
            async def says(tool: str, text: str, **arguments: Any) -> None:
                assert (await client.call_tool(tool, arguments)).content[0].text == text

            await says("test_sampling", "LLM response: Paris", prompt="Where?")
            await says("test_input_required_result_elicitation", "Hello, Alice!")
            await says("test_input_required_result_list_roots", "Found 1 root(s)")
            await says("test_input_required_result_multiple_inputs", "Name: Alice. Greeting: Paris. Roots: file:///test/root.")
            await says("test_input_required_result_multi_round", "Alice's favorite color is blue.")
            await says("test_input_required_result_request_state", 'state-ok: action=accept, content={"ok":true}')
            await says("confirm_delete", "Deleted a.txt", filename="a.txt")
            made = await client.get_prompt("test_input_required_result_prompt")
            assert made.messages[0].content.text == "Prompt with context: test context"
            (read,) = await client.read_resource("test://input-required-resource")
            assert read.text == "Resource with context: test context"
        asked = {message["method"] for message in record.received if "method" in message and "id" in message}
        assert asked == (set() if whole.is_modern else {"elicitation/create", "sampling/createMessage", "roots/list"})

    sdk.play(story)


def test_a_person_may_refuse_and_a_handler_may_fail(whole: Setting) -> None:
    answers: list[Any] = []

    async def elicit(message: str, response_type: Any, params: types.ElicitRequestFormParams, context: Any) -> Any:
        answer = answers.pop()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def story() -> None:
        async with whole.connect(elicitation_handler=elicit) as (client, record):
            async def says(text: str, answer: Any) -> None:
                answers.append(answer)
                assert (await client.call_tool("test_input_required_result_elicitation")).content[0].text == text

            await says("Hello, stranger!", ElicitResult(action="decline"))
            await says("Hello, stranger!", ElicitResult(action="cancel"))
            # In 2026-07-28 nothing is answered: the client gives up. Before, the server is told, and its tool fails.
            failure = MCPError if whole.is_modern else ToolError
            # fastmcp holds what it is given against the form before it answers.
            for answer, why in ((RuntimeError("out of order"), "out of order"), ({"name": 7}, "7 is not of type 'string'")):
                answers.append(answer)
                with pytest.raises(failure, match=why):
                    await client.call_tool("test_input_required_result_elicitation")
            await says("Hello, Alice!", {"name": "Alice"})

    sdk.play(story)


def test_pings(whole: Setting) -> None:
    """2026-07-28 has no ping. fastmcp sends one all the same (it guards `set_logging_level`, but not this), and is told so."""
    async def story() -> None:
        invalid = [f"{MODERN} knows no method 'ping'"] if whole.is_modern else []
        async with whole.connect(invalid=invalid) as (client, record):
            if whole.is_modern:
                with pytest.raises(MCPError) as refused:
                    await client.ping()
                assert refused.value.code == -32601
            else:
                assert await client.ping()
            assert await client.list_prompts()

    sdk.play(story)


class Ears(MessageHandler):
    """Writes down each notification of a change."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def on_tool_list_changed(self, message: types.ToolListChangedNotification) -> None:
        self.heard.append("tools")

    async def on_prompt_list_changed(self, message: types.PromptListChangedNotification) -> None:
        self.heard.append("prompts")

    async def on_resource_list_changed(self, message: types.ResourceListChangedNotification) -> None:
        self.heard.append("resources")

    async def on_resource_updated(self, message: types.ResourceUpdatedNotification) -> None:
        self.heard.append(str(message.params.uri))


TRIGGERS = {"test_trigger_tool_change": "tools", "test_trigger_prompt_change": "prompts", "test_trigger_resource_change": "resources",
            "test_touch_watched_resource": WATCHED}


def test_it_hears_of_changes(whole: Setting) -> None:
    """A list that changes does so twice: one entry comes, and goes.

    fastmcp has no method to subscribe with, in either era: its session, the official SDK's, has. In 2026-07-28 it hears of nothing without."""
    async def story() -> None:
        ears = Ears()
        async with whole.connect(message_handler=ears) as (client, record):
            async def trigger() -> None:
                for tool, name in TRIGGERS.items():
                    await client.call_tool(tool)
                    await arrives(lambda: name in ears.heard, f"{name} of {tool}")

            if whole.is_modern:
                for tool in TRIGGERS:
                    await client.call_tool(tool)
                async with listen(client.session, tools_list_changed=True, prompts_list_changed=True, resources_list_changed=True,
                                  resource_subscriptions=[WATCHED]):
                    await trigger()
            else:
                if whole.server is not None:
                    await arrives(lambda: any(method == "GET" for method, *_ in record.answers), "the stream of the session is open")
                await client.session.subscribe_resource(WATCHED)
                await trigger()
            assert set(ears.heard) == set(TRIGGERS.values())
        told = [message for message in record.received if message.get("method", "").endswith(("/list_changed", "/updated"))]
        assert len(told) >= len(TRIGGERS)
        assert not whole.is_modern or all(map(subscription, told)), "told without being asked"

    sdk.play(story)


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_pages_are_put_together(era: str) -> None:
    async def story() -> None:
        with HttpServer(*everything.arguments(), *flags(page_size="5")) as server:
            async with over_http(server, era) as (client, record):
                names = [tool.name for tool in await client.list_tools()]
                assert len(names) == len(set(names)) and {row.tool for row in everything.ROWS} <= set(names)
                assert record.methods_sent().count("tools/list") == -(-len(names) // 5)

    sdk.play(story)


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_a_token_opens_the_server(era: str) -> None:
    async def story() -> None:
        with HttpServer(*everything.arguments(), environment={"AMBIT_AUTH_TOKEN": TOKEN}) as server:
            async with over_http(server, era, auth=TOKEN) as (client, record):
                assert await client.list_prompts()
            with pytest.raises(MCPError):
                async with Client(server.url, mode=sdk.MODES[era], auth=TOKEN[:-1]):
                    raise AssertionError("the server lets anybody in")

    sdk.play(story)


def test_a_connection_leaves_nothing(whole: Setting) -> None:
    async def story() -> None:
        async def use() -> None:
            async with whole.connect() as (client, record):
                await client.call_tool("greet", {"name": "Ada"})
                await client.list_prompts()

        await use()  # what the server makes only once
        if whole.server is None:
            assert not probes.is_running(whole.server_pid())
            return
        baseline = await in_thread(whole.server.settle)
        for _ in range(5):
            await use()
        await in_thread(lambda: whole.server.await_baseline(baseline, 1))

    sdk.play(story)
