"""Asking the client while a call runs (A12): by requests of the server's own in legacy sessions, by `input_required` rounds in modern."""

import json

import pytest

from kit import probes
from kit.http_client import CallError, HttpClient
from kit.plugins import compiled
from kit.server import HttpServer
from kit.settings import REPOSITORY
from kit.stdio_client import StdioClient

ALL = {"elicitation": {}, "sampling": {}, "roots": {}}
ADA = {"action": "accept", "content": {"name": "Ada"}}
BOB = {"action": "accept", "content": {"name": "Bob"}}
SAMPLE = {"role": "assistant", "model": "m", "content": {"type": "text", "text": "Hi"}}
ROOTS = {"roots": [{"uri": "file:///work"}]}


def asking() -> list[str]:
    return ["--no-default-plugins", "--plugin", compiled("asking.c", REPOSITORY / "Tests/InteropTests/plugins")]


def text(result: dict) -> str:
    assert not result.get("isError"), result
    return result["content"][0]["text"]


def calls(server: HttpServer) -> int:
    return server.look().live().get("call", 0)


def told(result: dict) -> dict:
    """What the handler was told, by key: status and result."""
    return {key: (int(status), json.loads(rest) if rest.startswith("{") else rest)
            for key, status, rest in (part.split(" ", 2) for part in text(result).split("; "))}


def again(name: str, before: dict, answers: dict | None, **arguments: object) -> dict:
    params = {"name": name, "arguments": arguments, "requestState": before["requestState"]}
    return {**params, **({"inputResponses": answers} if answers is not None else {})}


@pytest.fixture(scope="module")
def server():
    with HttpServer(*asking()) as server:
        yield server


# ---- modern


def test_a_round_of_questions(server) -> None:
    client = HttpClient(server.port, capabilities=ALL)
    first = client.request("tools/call", {"name": "name", "arguments": {}})
    assert first["resultType"] == "input_required" and list(first["inputRequests"]) == ["who"]
    assert first["inputRequests"]["who"]["params"]["message"] == "Name?"
    assert told(client.request("tools/call", again("name", first, {"who": ADA}))) == {"who": (0, ADA)}
    assert calls(server) == 0


def test_several_at_once_and_one_after_the_other(server) -> None:
    client = HttpClient(server.port, capabilities=ALL)
    first = client.request("tools/call", {"name": "all", "arguments": {}})
    assert set(first["inputRequests"]) == {"who", "sample", "roots"}
    # A part of the answers: what is missing is asked again, and only that.
    second = client.request("tools/call", again("all", first, {"who": ADA, "roots": ROOTS}))
    assert list(second["inputRequests"]) == ["sample"] and second["requestState"] != first["requestState"]
    last = client.request("tools/call", again("all", second, {"sample": SAMPLE, "stray": ADA}))
    assert told(last) == {"who": (0, ADA), "sample": (0, SAMPLE), "roots": (0, ROOTS)}

    first = client.request("tools/call", {"name": "rounds", "arguments": {}})
    second = client.request("tools/call", again("rounds", first, {"first": ADA}))
    assert list(second["inputRequests"]) == ["second"]
    assert told(client.request("tools/call", again("rounds", second, {"second": BOB}))) == {"first": (0, ADA), "second": (0, BOB)}


def test_answers_that_come_cold_are_taken(server) -> None:
    client = HttpClient(server.port, capabilities=ALL)
    assert told(client.request("tools/call", {"name": "name", "arguments": {}, "inputResponses": {"who": ADA}})) == {"who": (0, ADA)}


@pytest.mark.parametrize("wrong", [None, 7, {}, {"action": "accept"}, {"action": "accept", "content": {"name": 3}}, {"action": "yes"}])
def test_what_is_no_answer_is_asked_again(server, wrong) -> None:
    client = HttpClient(server.port, capabilities=ALL)
    first = client.request("tools/call", {"name": "name", "arguments": {}})
    message = client.message("tools/call", again("name", first, {"who": wrong}))
    answer = client.post(message)
    assert answer.status == 200 and answer.json()["result"]["resultType"] == "input_required"
    assert told(client.request("tools/call", again("name", answer.json()["result"], {"who": ADA}))) == {"who": (0, ADA)}


def test_a_state_is_sealed_bound_and_redeemed_once(server) -> None:
    client = HttpClient(server.port, capabilities=ALL)
    first = client.request("tools/call", {"name": "name", "arguments": {"a": 1, "b": [2]}})
    state = first["requestState"]

    def refused(params: dict) -> None:
        with pytest.raises(CallError) as error:
            client.request("tools/call", params)
        assert error.value.code == -32602 and error.value.error["data"] == {"reason": "invalid_request_state"}

    right = again("name", first, {"who": ADA}, b=[2], a=1)
    for place in (0, 5, len(state) // 2, len(state) - 1):
        refused({**right, "requestState": state[:place] + ("A" if state[place] != "A" else "B") + state[place + 1:]})
    refused({**right, "requestState": ""})
    refused({**right, "requestState": "v1."})
    refused({**right, "name": "rounds"})
    refused({**right, "arguments": {"a": 2, "b": [2]}})
    # None of that has used it up, and members may come in another order.
    assert told(client.request("tools/call", right)) == {"who": (0, ADA)}
    refused(right)


def test_shapes_that_are_wrong_are_refused(server) -> None:
    client = HttpClient(server.port, capabilities=ALL)
    for wrong in ({"inputResponses": []}, {"inputResponses": None}, {"requestState": 7}):
        answer = client.post(client.message("tools/call", {"name": "name", "arguments": {}, **wrong}))
        assert answer.status == 200 and answer.json()["error"]["code"] == -32602


def test_what_the_client_did_not_declare_is_not_asked(server) -> None:
    client = HttpClient(server.port, capabilities={"elicitation": {}})
    with pytest.raises(CallError) as error:
        client.request("tools/call", {"name": "all", "arguments": {}})
    assert (error.value.status, error.value.code) == (400, -32021)
    assert error.value.error["data"] == {"requiredCapabilities": {"sampling": {}}}
    assert calls(server) == 0


def test_a_question_that_is_none_is_the_plugins_mistake(server) -> None:
    client = HttpClient(server.port, capabilities=ALL)
    result = client.request("tools/call", {"name": "rough", "arguments": {}})
    assert result["isError"] and "requestedSchema" in result["content"][0]["text"]


def test_a_server_that_was_restarted_runs_only_what_may_run_again() -> None:
    # Another process has another key: nothing of the old one opens, and the client begins anew.
    with HttpServer(*asking()) as server:
        client = HttpClient(server.port, capabilities=ALL)
        old = client.request("tools/call", {"name": "name_again", "arguments": {}})
    with HttpServer(*asking()) as server:
        client = HttpClient(server.port, capabilities=ALL)
        with pytest.raises(CallError) as error:
            client.request("tools/call", again("name_again", old, {"who": ADA}))
        assert error.value.code == -32602


def test_servers_with_a_secret_in_common_open_what_another_has_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMBIT_STATE_SECRET", "0123456789abcdef0123456789abcdef")
    with HttpServer(*asking()) as one, HttpServer(*asking()) as other:
        client, there = (HttpClient(server.port, capabilities=ALL) for server in (one, other))
        # What may run again does so, with all answers that there were; once on this server.
        first = client.request("tools/call", {"name": "rounds_again", "arguments": {}})
        second = client.request("tools/call", again("rounds_again", first, {"first": ADA}))
        answers = again("rounds_again", second, {"second": BOB})
        assert told(there.request("tools/call", answers)) == {"first": (0, ADA), "second": (0, BOB)}
        with pytest.raises(CallError) as error:
            there.request("tools/call", answers)
        assert error.value.code == -32602
        # Any other is to be called again.
        first = client.request("tools/call", {"name": "name", "arguments": {}})
        with pytest.raises(CallError) as error:
            there.request("tools/call", again("name", first, {"who": ADA}))
        assert error.value.code == -32603 and error.value.error["data"]["retryable"]


def test_over_stdio() -> None:
    with StdioClient(*asking(), capabilities=ALL) as client:
        first = client.request("tools/call", {"name": "name", "arguments": {}})
        assert first["resultType"] == "input_required"
        assert told(client.request("tools/call", again("name", first, {"who": ADA}))) == {"who": (0, ADA)}
        # End of input while a call is suspended: nothing keeps the server.
        client.request("tools/call", {"name": "name", "arguments": {}})
        client.close_stdin()
        assert client.wait(5) == 0


# ---- legacy


@pytest.mark.parametrize("version", ["2025-06-18", "2025-11-25"])
def test_a_legacy_client_is_asked_on_the_stream_of_its_call(server, version) -> None:
    client = HttpClient(server.port, "legacy", version, capabilities=ALL)
    with client.start("tools/call", {"name": "rounds", "arguments": {}}) as stream:
        first = stream.next()
        assert first["method"] == "elicitation/create" and first["params"]["message"] == "Name?"
        assert client.respond(first, result=ADA).status == 202
        second = stream.next()
        assert second["id"] != first["id"]
        # Twice, and by a stranger: only the first answer of the right session counts.
        other = HttpClient(server.port, "legacy", version, capabilities=ALL)
        assert other.respond(second, result=ADA).status == 202
        assert client.respond(second, result=BOB).status == 202
        assert client.respond(second, result=ADA).status == 202
        assert told(stream.drain()) == {"first": (0, ADA), "second": (0, BOB)}
    client.end_session()
    other.end_session()
    probes.until(lambda: calls(server) == 0, 5, "no call is left")


def test_a_legacy_client_may_refuse_and_may_answer_nonsense(server) -> None:
    client = HttpClient(server.port, "legacy", capabilities=ALL)
    with client.start("tools/call", {"name": "rounds", "arguments": {}}) as stream:
        client.respond(stream.next(), error={"code": -1, "message": "User rejected"})
        client.post({"jsonrpc": "2.0", "id": stream.next()["id"], "result": {"action": "accept"}})
        answers = told(stream.drain())
    assert answers["first"] == (14, "User rejected") and answers["second"][0] == 14
    client.end_session()


def test_a_legacy_client_without_the_capability_is_not_asked(server) -> None:
    client = HttpClient(server.port, "legacy")
    with pytest.raises(CallError) as error:
        client.request("tools/call", {"name": "name", "arguments": {}})
    # Not the modern code, which would make a client that probes think that the server is modern.
    assert error.value.code == -32602 and "elicitation" in error.value.error["message"]
    client.end_session()


def test_a_session_that_ends_takes_its_questions_with_it(server) -> None:
    client = HttpClient(server.port, "legacy", capabilities=ALL)
    with client.start("tools/call", {"name": "name", "arguments": {}}) as stream:
        assert stream.next()["method"] == "elicitation/create"
        client.end_session()
        while stream.next() is not None:
            continue
        assert stream.error is not None
    probes.until(lambda: calls(server) == 0, 5, "no call is left")


def test_what_nobody_answers_ends_in_its_time_and_nothing_waits_on() -> None:
    with HttpServer(*asking(), "--ask-patience", "300ms") as server:
        baseline = server.look()
        legacy = HttpClient(server.port, "legacy", capabilities=ALL)
        with legacy.start("tools/call", {"name": "name", "arguments": {}}) as stream:
            assert stream.next()["method"] == "elicitation/create"
            assert stream.next()["method"] == "notifications/cancelled"
            assert told(stream.drain()) == {"who": (8, "the client did not answer in time")}
        legacy.end_session()
        modern = HttpClient(server.port, capabilities=ALL)
        first = modern.request("tools/call", {"name": "name", "arguments": {}})
        probes.until(lambda: calls(server) == 0, 5, "the suspended call has ended")
        with pytest.raises(CallError) as error:
            modern.request("tools/call", again("name", first, {"who": ADA}))
        assert error.value.code == -32602
        server.await_baseline(baseline, 5)


def asked(client: StdioClient) -> dict:
    """The server's next request; whether a list has changed while the plugins were loaded is no matter."""
    while "id" not in (message := client.receive()):
        assert message["method"].endswith("/list_changed"), message
    return message


def test_a_legacy_stdio_client_is_asked() -> None:
    with StdioClient(*asking(), era="legacy", capabilities=ALL) as client:
        id = client.start("tools/call", {"name": "name", "arguments": {}})
        question = asked(client)
        assert question["method"] == "elicitation/create"
        client.send({"jsonrpc": "2.0", "id": question["id"], "result": ADA}, check=False)
        assert told(client.finish(id)["result"]) == {"who": (0, ADA)}
        # Cancelled while the person thinks: no answer, and a late one is dropped.
        id = client.start("tools/call", {"name": "name", "arguments": {}})
        question = asked(client)
        client.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}})
        client.send({"jsonrpc": "2.0", "id": question["id"], "result": ADA}, check=False)
        assert client.request("ping") == {}
