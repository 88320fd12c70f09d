"""Calls that become tasks (tasks extension of 2026-07-28): in place, readable until their time is over, and after a restart."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kit import probes, wire
from kit.http_client import PATH, CallError, HttpClient
from kit.listen import listen, subscription
from kit.messages import encode, headers, modern
from kit.plugins import compiled
from kit.server import HttpServer
from kit.settings import REPOSITORY
from kit.stdio_client import StdioClient

EXTENSION = "io.modelcontextprotocol/tasks"
KNOWN = {"extensions": {EXTENSION: {}}}
ASKED = {**KNOWN, "elicitation": {}, "sampling": {}, "roots": {}}
ADA = {"action": "accept", "content": {"name": "Ada"}}
BOB = {"action": "accept", "content": {"name": "Bob"}}
PLUGINS = ["--no-default-plugins", *(part for name in ("tasks.c", "asking.c")
                                     for part in ("--plugin", compiled(name, REPOSITORY / "Tests/InteropTests/plugins")))]
AT_ONCE = ["--task-after", "0s"]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state/ambit/tasks"


@pytest.fixture
def server(state: Path) -> Iterator[HttpServer]:
    with HttpServer(*PLUGINS, *AT_ONCE) as server:
        yield server


Client = HttpClient | StdioClient


def call(client: Client, name: str, **arguments: Any) -> dict[str, Any]:
    return client.request("tools/call", {"name": name, "arguments": arguments})


def get(client: Client, task: dict[str, Any]) -> dict[str, Any]:
    return client.request("tasks/get", {"taskId": task["taskId"]})


def until(client: Client, task: dict[str, Any], status: str) -> dict[str, Any]:
    """The task once it has that status."""
    seen: list[dict[str, Any]] = []

    def has_it() -> bool:
        seen.append(get(client, task))
        return seen[-1]["status"] == status

    probes.until(has_it, 10, f"the task becomes {status}")
    return seen[-1]


def check(client: Client) -> None:
    created = call(client, "slow", ms=200)
    assert created["resultType"] == "task" and created["status"] == "working" and created["ttlMs"] == 3_600_000
    # It can be asked for at once, and says how far it is.
    assert get(client, created)["status"] == "working"
    done = until(client, created, "completed")
    assert done["result"]["content"] == [{"type": "text", "text": "done"}] and done["result"]["_meta"]["a"] == 1
    assert done["taskId"] == created["taskId"] and done["createdAt"] == created["createdAt"] <= done["lastUpdatedAt"]
    # A result that says isError is a result; a protocol error is none.
    assert until(client, call(client, "slow", how="error"), "completed")["result"]["isError"]
    failed = until(client, call(client, "slow", how="fail"), "failed")
    assert failed["error"] == {"code": -32603, "message": "it broke"} and "result" not in failed


def baseline_of(server: HttpServer) -> probes.Snapshot:
    """After a first task: from then on the server has a thread and a locked folder for them."""
    client = HttpClient(server.port, capabilities=KNOWN)
    until(client, call(client, "slow"), "completed")
    return server.look()


def test_over_http(server: HttpServer) -> None:
    baseline = baseline_of(server)
    check(HttpClient(server.port, capabilities=KNOWN))
    server.await_baseline(baseline, 5)


def test_over_stdio() -> None:
    with StdioClient(*PLUGINS, *AT_ONCE, capabilities=KNOWN) as client:
        check(client)
        # The end of the input ends what goes on.
        call(client, "slow", ms=60_000)
        client.close_stdin()
        assert client.wait(5) == 0


def test_discover_and_capabilities(server: HttpServer) -> None:
    capabilities = HttpClient(server.port).request("server/discover")["capabilities"]
    assert capabilities["extensions"] == {EXTENSION: {}} and "tasks" not in capabilities
    legacy = HttpClient(server.port, "legacy")
    assert "extensions" not in legacy.initialized["capabilities"] and "tasks" not in legacy.initialized["capabilities"]


def test_only_what_takes_long_becomes_one() -> None:
    with HttpServer(*PLUGINS, "--task-after", "200ms") as server:
        client = HttpClient(server.port, capabilities=KNOWN)
        assert call(client, "slow")["content"][0]["text"] == "done"
        assert call(client, "slow", ms=60_000)["resultType"] == "task"
        assert call(client, "must", ms=0)["resultType"] == "task"
        # What its tool does not want, and what its client does not know.
        assert call(client, "never", ms=400)["content"][0]["text"] == "done"
        assert call(HttpClient(server.port), "slow", ms=400)["content"][0]["text"] == "done"


def test_a_client_that_knows_no_tasks(server: HttpServer) -> None:
    stranger = HttpClient(server.port)
    created = call(HttpClient(server.port, capabilities=KNOWN), "slow", ms=60_000)
    for method, params in (("tools/call", {"name": "must", "arguments": {}}), ("tasks/get", created), ("tasks/cancel", created),
                           ("tasks/update", {**created, "inputResponses": {}})):
        with pytest.raises(CallError) as error:
            stranger.request(method, {key: params[key] for key in params if key in ("name", "arguments", "taskId", "inputResponses")})
        assert (error.value.status, error.value.code) == (400, -32021), method
        assert error.value.error["data"] == {"requiredCapabilities": KNOWN}
    with stranger.start("subscriptions/listen", {"notifications": {"taskIds": [created["taskId"]]}}) as stream:
        stream.next()
        assert stream.error["code"] == -32021
    # Sessions have no tasks: there the answer comes when it is there.
    legacy = HttpClient(server.port, "legacy")
    assert call(legacy, "must", ms=50)["content"][0]["text"] == "done"


def test_unknown_tasks_and_wrong_parameters(server: HttpServer) -> None:
    client = HttpClient(server.port, capabilities=KNOWN)
    for method in ("tasks/get", "tasks/cancel", "tasks/update"):
        with pytest.raises(CallError) as error:
            client.request(method, {"taskId": "t-nothing", "inputResponses": {}})
        assert error.value.code == -32602 and "Unknown task" in error.value.error["message"]
    for method, params in (("tasks/get", {"taskId": 1}), ("tasks/update", call(client, "slow", ms=60_000))):
        with pytest.raises(CallError) as error:
            client.request(method, {"taskId": params["taskId"]})
        assert error.value.code == -32602
    for method in ("tasks/list", "tasks/result"):
        message = modern(method, {"taskId": "x"}, capabilities=KNOWN)
        answer = wire.request(server.port, "POST", PATH, headers(message), encode(message))
        assert (answer.status, answer.json()["error"]["code"]) == (404, -32601)


def test_the_name_in_the_header_is_the_tasks(server: HttpServer) -> None:
    message = modern("tasks/get", {"taskId": "a"}, capabilities=KNOWN)
    named = {**headers(message), "Mcp-Name": "b"}
    answer = wire.request(server.port, "POST", PATH, named, encode(message))
    assert (answer.status, answer.json()["error"]["code"]) == (400, -32020)


def test_cancelling(server: HttpServer) -> None:
    baseline = baseline_of(server)
    client = HttpClient(server.port, capabilities=KNOWN)
    created = call(client, "slow", ms=60_000)
    for _ in range(2):  # a final task stays what it is
        answer = client.request("tasks/cancel", {"taskId": created["taskId"]})
        assert set(answer) <= {"resultType", "_meta"}
    ended = until(client, created, "cancelled")
    assert "result" not in ended and "error" not in ended
    done = until(client, call(client, "slow"), "completed")
    client.request("tasks/cancel", {"taskId": done["taskId"]})
    assert get(client, done)["status"] == "completed"
    server.await_baseline(baseline, 5)


def test_questions_of_a_task(server: HttpServer) -> None:
    client = HttpClient(server.port, capabilities=ASKED)
    created = call(client, "rounds_task")
    assert created["resultType"] == "task"
    asked = until(client, created, "input_required")
    assert asked["inputRequests"]["first"]["method"] == "elicitation/create"

    def answer(**answers: Any) -> dict[str, Any]:
        return client.request("tasks/update", {"taskId": created["taskId"], "inputResponses": answers})

    # What was not asked, and what is no answer, changes nothing.
    answer(second=BOB, first={"action": "accept", "content": {"name": 1}})
    assert list(get(client, created)["inputRequests"]) == ["first"]
    assert set(answer(first=ADA)) <= {"resultType", "_meta"}
    probes.until(lambda: list(get(client, created).get("inputRequests", {})) == ["second"], 5, "the second question is there")
    answer(second=BOB, first=BOB)
    done = until(client, created, "completed")
    assert '"Ada"' in done["result"]["content"][0]["text"] and '"Bob"' in done["result"]["content"][0]["text"]

    # Several at once, answered one after the other.
    created = call(client, "all_task")
    assert set(until(client, created, "input_required")["inputRequests"]) == {"who", "sample", "roots"}
    answer(who=ADA)
    assert set(get(client, created)["inputRequests"]) == {"sample", "roots"}


def test_a_listen_tells_of_its_tasks(server: HttpServer) -> None:
    client = HttpClient(server.port, capabilities=ASKED)
    created, other = call(client, "slow", ms=300), call(client, "slow", ms=100)
    wanted = [created["taskId"], "t-nothing"]
    with listen(client, taskIds=wanted) as stream:
        changed = stream.next()
        assert changed["method"] == "notifications/tasks" and subscription(changed) == stream.id
        assert changed["params"]["taskId"] == created["taskId"] and changed["params"]["status"] == "completed"
        assert changed["params"]["result"]["content"][0]["text"] == "done"
    until(client, other, "completed")


def test_its_time_to_live_ends_it(server: HttpServer, state: Path) -> None:
    with HttpServer(*PLUGINS, *AT_ONCE, "--task-ttl", "500ms") as server:
        baseline = baseline_of(server)
        client = HttpClient(server.port, capabilities=KNOWN)
        created = call(client, "slow", ms=60_000)
        assert created["ttlMs"] == 500 and list(state.glob("*/*.json"))

        def gone() -> bool:
            try:
                get(client, created)
                return False
            except CallError as error:
                return error.code == -32602

        probes.until(gone, 5, "the task is gone")
        server.await_baseline(baseline, 5)
        probes.until(lambda: not list(state.glob("*/*.json")), 5, "nothing of it is left on disk")


def test_there_are_at_most_so_many() -> None:
    with HttpServer(*PLUGINS, *AT_ONCE, "--max-tasks", "2") as server:
        client = HttpClient(server.port, capabilities=KNOWN)
        assert [call(client, "slow", ms=60_000)["resultType"] for _ in range(2)] == ["task"] * 2
        # One more is a call like any other.
        assert call(client, "slow", ms=300)["content"][0]["text"] == "done"


def free_port() -> int:
    """Tasks outlast a run on a port of its own only."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_a_restart_fails_what_was_unfinished_and_keeps_what_was_done(state: Path, how: str) -> None:
    arguments, port = [*PLUGINS, *AT_ONCE], free_port()
    with HttpServer(*arguments, port=port) as server:
        client = HttpClient(port, capabilities=KNOWN)
        done = until(client, call(client, "slow"), "completed")
        unfinished = call(client, "slow", ms=60_000)
        files = list(state.glob("*/*.json"))
        assert len(files) == 2 and all(os.stat(file).st_mode & 0o077 == 0 for file in files)
        if how == "kill":
            server.process.kill()
            server.process.wait()
        else:
            server.terminate()
    with HttpServer(*arguments, port=port) as server:
        client = HttpClient(server.port, capabilities=KNOWN)
        assert get(client, done)["result"]["content"][0]["text"] == "done"
        failed = get(client, unfinished)
        assert failed["status"] == "failed"
        assert ("restarted" if how == "kill" else "stopping") in failed["error"]["message"]
        # Another server of this user has none of them.
        with HttpServer(*arguments) as second:
            with pytest.raises(CallError):
                get(HttpClient(second.port, capabilities=KNOWN), done)
        assert get(client, done)["status"] == "completed"
    # What was taken over once is taken over again.
    with HttpServer(*arguments, port=port) as server:
        client = HttpClient(server.port, capabilities=KNOWN)
        assert (get(client, done)["status"], get(client, unfinished)["status"]) == ("completed", "failed")
    assert len(list(state.glob("*"))) == 1


def test_runs_on_ports_of_the_systems_choice_leave_each_other_nothing(state: Path) -> None:
    with HttpServer(*PLUGINS, *AT_ONCE) as server:
        client = HttpClient(server.port, capabilities=KNOWN)
        done = until(client, call(client, "slow"), "completed")
        server.process.kill()
        server.process.wait()
    assert len(list(state.glob("*/*.json"))) == 1
    with HttpServer(*PLUGINS, *AT_ONCE) as server:
        client = HttpClient(server.port, capabilities=KNOWN)
        with pytest.raises(CallError):
            get(client, done)
        assert not list(state.glob("*"))
        until(client, call(client, "slow"), "completed")
        assert len(list(state.glob("*/*.json"))) == 1
        server.terminate()
    assert not list(state.glob("*"))


def test_a_task_that_can_not_be_stored_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    for after in ("0s", "50ms"):
        with HttpServer(*PLUGINS, "--task-after", after) as server:
            client = HttpClient(server.port, capabilities=KNOWN)
            # Where it may be a call like any other, it is.
            assert call(client, "slow", ms=300)["content"][0]["text"] == "done"
            with pytest.raises(CallError) as error:
                call(client, "must", ms=60_000)
            assert error.value.code == -32603 and "can't be stored" in error.value.error["message"]
            server.wait_for_line(r"a task can't be stored.*Not a directory")
            probes.until(lambda: server.look().live().get("call", 0) == 0, 5, "its call has ended")


def test_a_question_of_a_task_waits_longer_than_the_patience_of_a_request() -> None:
    with HttpServer(*PLUGINS, *AT_ONCE, "--ask-patience", "200ms") as server:
        client = HttpClient(server.port, capabilities=ASKED)
        created = call(client, "rounds_task")
        until(client, created, "input_required")
        # Another call, which is suspended, shows that the time is over.
        call(HttpClient(server.port, capabilities={"elicitation": {}}), "rounds_task")
        probes.until(lambda: server.look().counters.get("calls.unanswered", 0) == 1, 5, "the other one was given up")
        assert get(client, created)["status"] == "input_required"
