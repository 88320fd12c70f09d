"""The jobs of Plugins/Everything as tasks of a client that knows them (tasks extension of 2026-07-28), over HTTP and stdio."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kit import probes
from kit.http_client import HttpClient
from kit.peer import ASKABLE, accepted
from kit.server import HttpServer
from kit.stdio_client import StdioClient

import everything

KNOWN = {**ASKABLE, "extensions": {"io.modelcontextprotocol/tasks": {}}}


class Jobs:
    def __init__(self, client: HttpClient | StdioClient) -> None:
        self.client = client

    def start(self, tool: str, **arguments: Any) -> dict[str, Any]:
        created = self.client.request("tools/call", {"name": tool, "arguments": arguments})
        assert created["resultType"] == "task", created
        return created

    def until(self, task: dict[str, Any], status: str) -> dict[str, Any]:
        """The task once it has that status."""
        seen: list[dict[str, Any]] = []

        def has_it() -> bool:
            seen.append(self.client.request("tasks/get", {"taskId": task["taskId"]}))
            return seen[-1]["status"] == status

        probes.until(has_it, 10, f"the task becomes {status}")
        return seen[-1]

    def update(self, task: dict[str, Any], **answers: Any) -> None:
        assert self.client.request("tasks/update", {"taskId": task["taskId"], "inputResponses": answers})["resultType"] == "complete"

    def text(self, task: dict[str, Any]) -> str:
        (block,) = self.until(task, "completed")["result"]["content"]
        return block["text"]


@pytest.fixture(params=["http", "stdio"])
def jobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Jobs]:
    state = {"XDG_STATE_HOME": str(tmp_path)}
    if request.param == "http":
        with HttpServer(*everything.arguments(), environment=state) as server:
            yield Jobs(HttpClient(server.port, capabilities=KNOWN))
    else:
        with StdioClient(*everything.arguments(), environment=state, capabilities=KNOWN) as client:
            yield Jobs(client)


def test_they_end_as_they_should(jobs: Jobs) -> None:
    assert jobs.client.request("tools/call", {"name": "greet", "arguments": {"name": "Ada"}})["content"] == [everything.text("Hello, Ada!")]
    slow, steps = jobs.start("slow_compute", seconds=1, label="x"), jobs.start("test_tool_with_task")
    failing, broken = jobs.start("failing_job"), jobs.start("protocol_error_job")
    assert jobs.text(slow) == "Computed x for 1.0 s" and jobs.text(steps) == "Task completed"
    failed = jobs.until(failing, "completed")["result"]
    assert failed["isError"] and failed["content"] == [everything.text("The job failed, as it always does")]
    assert jobs.until(broken, "failed")["error"] == {"code": -32603, "message": "The job ended with an error of the protocol"}


def test_one_that_is_cancelled_ends_at_once(jobs: Jobs) -> None:
    task = jobs.start("slow_compute", seconds=3000)
    for _ in range(2):
        assert jobs.client.request("tasks/cancel", {"taskId": task["taskId"]})["resultType"] == "complete"
    jobs.until(task, "cancelled")


def test_they_ask(jobs: Jobs) -> None:
    task = jobs.start("confirm_delete", filename="a.txt")
    asked = jobs.until(task, "input_required")["inputRequests"]
    assert list(asked) == ["confirm"] and asked["confirm"]["params"]["message"] == "Delete a.txt?"
    jobs.update(task, confirm=accepted(confirm=True))
    assert jobs.text(task) == "Deleted a.txt"

    task = jobs.start("multi_input")
    assert set(jobs.until(task, "input_required")["inputRequests"]) == {"first", "second"}
    jobs.update(task, second=accepted(name="B"), stray=accepted(name="C"))
    assert set(jobs.until(task, "input_required")["inputRequests"]) == {"first"}
    jobs.update(task, first=accepted(name="A"))
    assert jobs.text(task) == 'first: action=accept, content={"name":"A"}\nsecond: action=accept, content={"name":"B"}'


def test_a_result_may_be_larger_than_a_request(jobs: Jobs) -> None:
    """What clients may send at once has a limit of 4 MiB; what a task keeps is made of the same label twice."""
    label = "x" * (5 << 19)
    task = jobs.start("slow_compute", seconds=0.3, label=label)
    assert jobs.until(task, "completed")["result"]["structuredContent"]["label"] == label
    assert jobs.text(jobs.start("slow_compute", seconds=0.3, label="y")) == "Computed y for 0.3 s"
