"""Rounds of questions in 2026-07-28 (DIGEST 1.8) with Plugins/Everything, over HTTP and stdio: what clients get wrong, and what they may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from kit import messages
from kit.http_client import HttpClient
from kit.peer import ASKABLE, accepted
from kit.server import HttpServer
from kit.stdio_client import StdioClient

import everything
from everything import ALICE, ASKING_REQUESTS, YES

HELLO = {"name": "test_input_required_result_elicitation", "arguments": {}}


class Raw:
    """A modern client that sends what it is told, valid or not. What the server says is validated."""

    def __init__(self, client: HttpClient | StdioClient) -> None:
        self.client = client

    def __call__(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The answer: with result or error."""
        message = self.client.message(method, params)
        if isinstance(self.client, HttpClient):
            answer = self.client.post(message).json()
            self.client.schema.from_server(answer, {message["id"]: method})
            return answer
        self.client.send(message, check=False)
        return self.client.finish(message["id"])

    def tool(self, params: dict[str, Any], **more: Any) -> dict[str, Any]:
        return self("tools/call", {**params, **more})


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    with HttpServer(*everything.arguments()) as running:
        yield running


@pytest.fixture(scope="module", params=["http", "stdio"])
def raw(request: pytest.FixtureRequest, server: HttpServer) -> Iterator[Raw]:
    if request.param == "http":
        yield Raw(HttpClient(server.port, capabilities=ASKABLE))
    else:
        with StdioClient(*everything.arguments(), capabilities=ASKABLE) as client:
            yield Raw(client)


def asks(answer: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The result, which asks for these."""
    result = answer["result"]
    assert result["resultType"] == "input_required" and list(result["inputRequests"]) == list(keys), result
    assert isinstance(result["requestState"], str) and "ttlMs" not in result and "content" not in result
    return result


def says(answer: dict[str, Any], text: str) -> None:
    result = answer["result"]
    assert result["resultType"] == "complete" and result["content"] == [everything.text(text)], result


def test_answers_alone_are_enough(raw: Raw) -> None:
    says(raw.tool(HELLO, inputResponses={"user_name": ALICE}), "Hello, Alice!")
    says(raw.tool(HELLO, inputResponses={"stray": YES, "user_name": ALICE, "other": {"action": "cancel"}}), "Hello, Alice!")


def test_a_retry_without_the_key_is_asked_again(raw: Raw) -> None:
    first = asks(raw.tool(HELLO), "user_name")
    second = asks(raw.tool(HELLO, inputResponses={"wrong_key": ALICE}, requestState=first["requestState"]), "user_name")
    third = asks(raw.tool(HELLO, inputResponses={}, requestState=second["requestState"]), "user_name")
    fourth = asks(raw.tool(HELLO, requestState=third["requestState"]), "user_name")
    says(raw.tool(HELLO, inputResponses={"user_name": ALICE}, requestState=fourth["requestState"]), "Hello, Alice!")
    # Also where no state is carried.
    asks(raw.tool(HELLO, inputResponses={"wrong_key": ALICE}), "user_name")


@pytest.mark.parametrize("wrong", [None, "Alice", 7, True, [], [ALICE], {}, {"action": "accept"}, {"action": "accept", "content": {"name": 1}}])
def test_what_is_no_answer_completes_nothing(raw: Raw, wrong: Any) -> None:
    asks(raw.tool(HELLO, inputResponses={"user_name": wrong}), "user_name")
    first = asks(raw.tool(HELLO), "user_name")
    again = asks(raw.tool(HELLO, inputResponses={"user_name": wrong}, requestState=first["requestState"]), "user_name")
    assert message(first) == "What is your name?"
    assert message(again).startswith("What is your name?\n\nThe last answer was not accepted: the answer to 'user_name'")
    says(raw.tool(HELLO, inputResponses={"user_name": ALICE}, requestState=again["requestState"]), "Hello, Alice!")


def message(result: dict[str, Any]) -> str:
    return result["inputRequests"]["user_name"]["params"]["message"]


def test_a_client_that_never_answers_rightly_is_not_asked_for_ever(raw: Raw) -> None:
    wrong = {"user_name": accepted(name=7)}
    state = asks(raw.tool(HELLO), "user_name")["requestState"]
    for _ in range(2):
        state = asks(raw.tool(HELLO, inputResponses=wrong, requestState=state), "user_name")["requestState"]
    failed = raw.tool(HELLO, inputResponses=wrong, requestState=state)["result"]
    assert failed["isError"] and failed["content"][0]["text"].endswith("the client has answered wrongly 3 times")
    # Nothing is held against those who say nothing.
    for _ in range(4):
        state = asks(raw.tool(HELLO), "user_name")["requestState"]
        state = asks(raw.tool(HELLO, inputResponses={}, requestState=state), "user_name")["requestState"]
    says(raw.tool(HELLO, inputResponses={"user_name": ALICE}, requestState=state), "Hello, Alice!")


@pytest.mark.parametrize("wrong", [None, "x", 7, [], [ALICE]])
def test_responses_that_are_no_object_are_refused(raw: Raw, wrong: Any) -> None:
    assert raw.tool(HELLO, inputResponses=wrong)["error"]["code"] == -32602


@pytest.mark.parametrize("tool", ["test_input_required_result_tampered_state", "test_input_required_result_request_state"])
def test_a_state_that_was_changed_is_refused(raw: Raw, tool: str) -> None:
    params = {"name": tool, "arguments": {}}
    state = asks(raw.tool(params), "confirm")["requestState"]
    for changed in (state[:-1] + ("A" if state[-1] != "A" else "B"), state + "x", state[:-4], "x" + state[1:], "tampered", ""):
        error = raw.tool(params, inputResponses={"confirm": YES}, requestState=changed)["error"]
        assert error["code"] == -32602 and error["data"] == {"reason": "invalid_request_state"}
    result = raw.tool(params, inputResponses={"confirm": YES}, requestState=state)["result"]
    assert ("integrity-ok" if "tampered" in tool else "state-ok") in result["content"][0]["text"]


def test_a_state_belongs_to_its_tool(raw: Raw) -> None:
    state = asks(raw.tool(HELLO), "user_name")["requestState"]
    other = {"name": "test_input_required_result_request_state", "arguments": {}}
    assert raw.tool(other, inputResponses={"confirm": YES}, requestState=state)["error"]["code"] == -32602


def test_each_round_has_a_state_of_its_own(raw: Raw) -> None:
    params = {"name": "test_input_required_result_multi_round", "arguments": {}}
    first = asks(raw.tool(params), "step1")
    second = asks(raw.tool(params, inputResponses={"step1": ALICE}, requestState=first["requestState"]), "step2")
    assert second["requestState"] != first["requestState"]
    done = raw.tool(params, inputResponses={"step2": accepted(color="blue")}, requestState=second["requestState"])
    says(done, "Alice's favorite color is blue.")


def test_a_part_of_the_answers_is_kept(raw: Raw) -> None:
    params = {"name": "test_input_required_result_multiple_inputs", "arguments": {}}
    first = asks(raw.tool(params), "user_name", "greeting", "client_roots")
    second = asks(
        raw.tool(params, inputResponses={"user_name": ALICE, "client_roots": everything.ROOTS}, requestState=first["requestState"]),
        "greeting")
    greeting = {"role": "assistant", "model": "m", "content": [everything.text("Good"), everything.text("day")]}
    done = raw.tool(params, inputResponses={"greeting": greeting}, requestState=second["requestState"])
    says(done, "Name: Alice. Greeting: Good\nday. Roots: file:///test/root.")


@pytest.mark.parametrize("method", ASKING_REQUESTS)
def test_prompts_and_resources_have_the_same_rules(raw: Raw, method: str) -> None:
    params, _, expected = ASKING_REQUESTS[method]
    context = accepted(context="test context")
    cold = raw(method, {**params, "inputResponses": {"user_context": context}})["result"]
    assert expected in str(cold) and cold["resultType"] == "complete"
    first = asks(raw(method, params), "user_context")
    again = asks(raw(method, {**params, "inputResponses": {"user_context": None}, "requestState": first["requestState"]}), "user_context")
    assert raw(method, {**params, "requestState": again["requestState"][:-3]})["error"]["code"] == -32602
    done = raw(method, {**params, "inputResponses": {"user_context": context}, "requestState": again["requestState"]})["result"]
    assert expected in str(done) and done["resultType"] == "complete"


def test_the_stream_of_a_call_that_asks_carries_no_request(server: HttpServer) -> None:
    client = HttpClient(server.port, capabilities=ASKABLE)
    with client.start("tools/call", {"name": "test_streaming_elicitation", "arguments": {}}, progress=True) as stream:
        assert stream.open().content_type == "text/event-stream"
        frames = []
        while (message := stream.next()) is not None:
            frames.append(message)
    assert [frame.get("method") for frame in frames] == ["notifications/progress", None]
    assert frames[1]["result"]["resultType"] == "input_required"
    assert messages.SERVER_INFO_KEY in frames[1]["result"]["_meta"]
