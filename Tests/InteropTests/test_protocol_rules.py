"""Rules of the protocol that no other test covers (docs/protocol.md), on the wire; every message is validated."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kit import messages, wire
from kit.http_client import PATH, CallError, HttpClient, open_stream
from kit.issuer import ISSUER, RESOURCE, SigningKey, key_set, post
from kit.plugins import compiled
from kit.server import HttpServer
from kit.settings import LEGACY, LEGACY_VERSIONS, MODERN, REPOSITORY
from kit.stdio_client import StdioClient

# The fuzzer's target: tools, resources, templates and prompts, all of them harmless.
TARGET = REPOSITORY / "Tests/FuzzTests/plugins"
ASKS = {"elicitation": {}}
ADA = {"action": "accept", "content": {"name": "Ada"}}
CACHEABLE = {
    "server/discover": {}, "tools/list": {}, "resources/list": {}, "resources/templates/list": {}, "prompts/list": {},
    "resources/read": {"uri": "target://one"}}
OTHERS = {
    "tools/call": {"name": "any", "arguments": {"a": 1}}, "prompts/get": {"name": "plain"},
    "completion/complete": {"ref": {"type": "ref/prompt", "name": "greet"}, "argument": {"name": "word", "value": ""}}}
EMPTY = {"ping": {}, "logging/setLevel": {"level": "info"}, "resources/subscribe": {"uri": "target://one"},
         "resources/unsubscribe": {"uri": "target://one"}}


def arguments(*more: str) -> list[str]:
    return ["--no-default-plugins", "--plugin", compiled("target.c", TARGET), *more]


@pytest.fixture(scope="module")
def target() -> Iterator[HttpServer]:
    with HttpServer(*arguments("--page-size", "2")) as running:
        yield running


def raw(server: HttpServer, message: Any, **headers: str) -> wire.Answer:
    found = messages.headers(message) if isinstance(message, dict) else {"Content-Type": "application/json", "Accept": messages.ACCEPT}
    return wire.request(server.port, "POST", PATH, {**found, **headers}, messages.encode(message))


# --- results of both eras

@pytest.mark.parametrize(("method", "params"), {**CACHEABLE, **OTHERS}.items())
def test_every_modern_result_says_its_type_and_names_the_server(target: HttpServer, method: str, params: dict[str, Any]) -> None:
    result = HttpClient(target.port).request(method, params)
    assert result["resultType"] == "complete"
    assert result["_meta"][messages.SERVER_INFO_KEY].keys() >= {"name", "version"}
    assert "serverInfo" not in result


@pytest.mark.parametrize(("method", "params"), {**CACHEABLE, **OTHERS}.items())
def test_caching_hints_stand_where_they_may_and_nowhere_else(target: HttpServer, method: str, params: dict[str, Any]) -> None:
    client, cursor, scopes = HttpClient(target.port), None, set()
    while True:
        result = client.request(method, {**params, **({"cursor": cursor} if cursor else {})})
        if method in OTHERS:
            assert not result.keys() & {"ttlMs", "cacheScope"}
            return
        assert type(result["ttlMs"]) is int and result["ttlMs"] >= 0
        scopes.add(result["cacheScope"])
        cursor = result.get("nextCursor")
        if cursor is None:
            break
    assert len(scopes) == 1 and scopes <= {"public", "private"}, "the pages of one list differ"


@pytest.mark.parametrize("version", LEGACY_VERSIONS)
def test_legacy_results_have_nothing_of_the_modern_era(target: HttpServer, version: str) -> None:
    client = HttpClient(target.port, "legacy", version)
    assert not json.dumps(client.initialized).count("resultType")
    for method, params in {**CACHEABLE, **OTHERS, **EMPTY}.items():
        if method == "server/discover":
            continue
        result = client.request(method, params)
        assert not result.keys() & {"resultType", "ttlMs", "cacheScope", "_meta"}, method
        assert method not in EMPTY or result == {}
    client.end_session()


# --- nothing is remembered where there is no session

def test_a_request_says_everything_of_itself_again_on_a_kept_connection(target: HttpServer) -> None:
    ask = messages.modern("tools/call", {"name": "ask", "arguments": {}}, capabilities=ASKS)
    silent = messages.modern("tools/call", {"name": "ask", "arguments": {}})
    bare = {**ask, "params": {"name": "ask", "arguments": {}}}
    with wire.Connection(target.port) as connection:
        answers = []
        for message in (ask, silent, bare):
            connection.send("POST", PATH, messages.headers(ask), messages.encode(message))
            answers.append(connection.answer())
    assert answers[0].json()["result"]["resultType"] == "input_required"
    assert (answers[1].status, answers[1].json()["error"]["code"]) == (400, -32021), "capabilities were remembered"
    assert (answers[2].status, answers[2].json()["error"]["code"]) == (400, -32602), "the version was remembered"


def test_a_request_says_everything_of_itself_again_on_stdio() -> None:
    with StdioClient(*arguments(), era=None) as client:
        for id, capabilities, code in ((1, ASKS, None), (2, {}, -32021)):
            client.send(messages.modern("tools/call", {"name": "ask", "arguments": {}}, id=id, capabilities=capabilities))
            answer = client.finish(id)
            assert answer.get("error", {}).get("code") == code, answer
        client.send({"jsonrpc": "2.0", "id": 3, "method": "tools/list", "params": {}}, check=False)
        client.methods[3] = "tools/list"
        assert client.finish(3)["error"]["code"] == -32602


def test_lists_are_the_same_for_everybody_and_each_time(target: HttpServer) -> None:
    for method in ("tools/list", "resources/list", "resources/templates/list", "prompts/list"):
        lists = []
        for client in (HttpClient(target.port), HttpClient(target.port), HttpClient(target.port, "legacy")):
            result = client.request(method)
            client.request(method)
            lists.append(next(value for value in result.values() if isinstance(value, list)))
            if client.era == "legacy":
                client.end_session()
        assert lists[0] == lists[1]
        assert [item["name"] for item in lists[0]] == [item["name"] for item in lists[2]]


def test_modern_ignores_the_headers_of_sessions_and_streams(target: HttpServer) -> None:
    session = HttpClient(target.port, "legacy")
    for headers in ({"Mcp-Session-Id": session.session}, {"Mcp-Session-Id": "none"}, {"Last-Event-ID": "7"}):
        answer = raw(target, messages.modern("tools/list"), **headers)
        assert answer.status == 200 and answer.json()["result"]["resultType"] == "complete"
        assert "mcp-session-id" not in answer.headers
    session.end_session()


# --- capabilities

def test_what_is_offered_is_served_and_nothing_else(target: HttpServer) -> None:
    client = HttpClient(target.port)
    offered = client.request("server/discover")["capabilities"]
    for capability, methods in {
            "tools": ["tools/list"], "resources": ["resources/list", "resources/templates/list"], "prompts": ["prompts/list"]}.items():
        for method in methods:
            assert capability in offered and client.request(method)
    assert "completions" in offered and client.request("completion/complete", OTHERS["completion/complete"])
    assert "tasks" not in offered, "that is an extension in this version"
    for method in ("tasks/list", "tasks/result", "resources/subscribe", "logging/setLevel", "no/such"):
        answer = raw(target, messages.modern(method))
        assert (answer.status, answer.json()["error"]["code"]) == (404, -32601), method


def test_extensions_that_nobody_knows_change_nothing(target: HttpServer) -> None:
    """Both sides go on with the core of the protocol."""
    client = HttpClient(target.port, capabilities={"extensions": {"com.example/none": {"a": 1}}, "experimental": {"b": {}}})
    assert client.request("tools/call", OTHERS["tools/call"])["structuredContent"] == {"a": 1}


def test_tools_are_declared_as_every_client_takes_them(server: HttpServer) -> None:
    """The plugins that ship."""
    names = []
    for tool in HttpClient(server.port).request("tools/list")["tools"]:
        names.append(tool["name"])
        assert re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", tool["name"]) and tool["description"].strip()
        assert tool["inputSchema"]["type"] == "object" and "execution" not in tool
    assert names and len(names) == len(set(names))


# --- input_required

def test_input_required_is_neither_final_nor_kept(target: HttpServer) -> None:
    client = HttpClient(target.port, capabilities=ASKS)
    first = client.request("tools/call", {"name": "ask", "arguments": {}})
    assert first["resultType"] == "input_required" and not first.keys() & {"ttlMs", "cacheScope", "content"}
    for question in first["inputRequests"].values():
        assert question.keys() == {"method", "params"} and question["method"] == "elicitation/create"
    again = {"name": "ask", "arguments": {}, "requestState": first["requestState"]}
    # Strange keys are left alone, what is missing is asked for again.
    second = client.request("tools/call", {**again, "inputResponses": {"stranger": ADA}})
    assert second["resultType"] == "input_required" and list(second["inputRequests"]) == list(first["inputRequests"])
    last = client.request("tools/call", {**again, "requestState": second["requestState"], "inputResponses": {"who": ADA}})
    assert json.loads(last["content"][0]["text"]) == ADA


def test_a_state_belongs_to_the_principal_that_it_was_given_to(tmp_path: Path) -> None:
    key = SigningKey("ES256", "one")
    keys = tmp_path / "keys.json"
    keys.write_text(key_set(key))
    with HttpServer(*arguments("--auth-issuer", ISSUER, "--auth-resource", RESOURCE, "--auth-keys", str(keys))) as server:
        call = {"name": "ask", "arguments": {}}
        first = post(server.port, messages.modern("tools/call", call, capabilities=ASKS), key.sign(sub="ada")).json()["result"]
        again = messages.modern("tools/call", {**call, "requestState": first["requestState"], "inputResponses": {"who": ADA}},
                                capabilities=ASKS)
        stolen = post(server.port, again, key.sign(sub="bob")).json()
        assert stolen["error"]["code"] == -32602 and stolen["error"]["data"] == {"reason": "invalid_request_state"}
        # Not the token counts, but who it is for.
        assert "result" in post(server.port, again, key.sign(sub="ada", jti="another")).json()


# --- HTTP

@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS", "PUT", "HEAD"])
def test_a_foreign_origin_is_refused_whatever_it_asks(server: HttpServer, method: str) -> None:
    with wire.Connection(server.port) as connection:
        connection.send(method, PATH, {"Origin": "http://evil.example", "Accept": "text/event-stream", "Connection": "close"})
        assert connection.head().status == 403


def test_get_needs_a_client_that_takes_event_streams(server: HttpServer) -> None:
    client = HttpClient(server.port, "legacy")
    for accept in ("application/json", "text/html", ""):
        answer = wire.request(server.port, "GET", PATH, {"Accept": accept, "Mcp-Session-Id": client.session})
        assert answer.status == 406
    client.end_session()


def test_what_needs_no_answer_is_202_without_a_body(server: HttpServer) -> None:
    client = HttpClient(server.port, "legacy")
    for message in (messages.notification("notifications/initialized"), messages.notification("notifications/roots/list_changed"),
                    messages.notification("notifications/cancelled", {"requestId": "none"}),
                    {"jsonrpc": "2.0", "id": "none", "result": {}}, {"jsonrpc": "2.0", "id": "none",
                                                                     "error": {"code": -1, "message": "no"}}):
        answer = client.post(message)
        assert (answer.status, answer.body) == (202, b"")
    # The same without a session can't be accepted.
    for message in (messages.notification("notifications/initialized"), {"jsonrpc": "2.0", "id": 1, "result": {}}):
        answer = raw(server, message)
        assert answer.status == 400 and "id" not in answer.json()
    client.end_session()


def test_the_version_header_of_a_session_may_be_missing_or_another_one(server: HttpServer) -> None:
    client = HttpClient(server.port, "legacy", "2025-11-25")
    for version in (None, "2025-06-18", "2025-11-25"):
        assert client.post(messages.legacy("ping"), version=version).status == 200
    client.end_session()


def test_arrays_are_refused_where_the_version_has_no_batches(server: HttpServer) -> None:
    for version in ("2025-06-18", "2025-11-25"):
        client = HttpClient(server.port, "legacy", version)
        for batch in ([], [messages.legacy("ping")], [messages.initialize()]):
            answer = raw(server, batch, **{"Mcp-Session-Id": client.session, "MCP-Protocol-Version": version})
            assert (answer.status, answer.json()["error"]["code"]) == (400, -32600)
        client.end_session()


def test_answers_go_to_their_request_and_not_to_the_sessions_stream(server: HttpServer) -> None:
    client = HttpClient(server.port, "legacy")
    stream, head = open_stream(client)
    with stream:
        assert head.content_type == "text/event-stream"
        assert client.request("ping") == {}
        with client.tool_stream("process_run", argv=["seq", "1", "3"], mode="stream") as call:
            call.drain()
            assert call.lines() == ["1", "2", "3"]
        assert client.end_session().status == 204
        assert stream.said(head) == [], "something of a request was sent on the session's stream"


def test_what_is_repeated_is_not_chosen_from(server: HttpServer) -> None:
    """A proxy in front could read the other one."""
    client = HttpClient(server.port, "legacy")
    body = messages.encode(messages.legacy("ping"))

    def status(*more: str) -> int:
        lines = ["POST /mcp HTTP/1.1", "Host: localhost", f"Accept: {messages.ACCEPT}", f"Content-Length: {len(body)}", *more, "", ""]
        with wire.Connection(server.port) as connection:
            connection.socket.sendall("\r\n".join(lines).encode() + body)
            return connection.answer().status

    mine, kind = f"Mcp-Session-Id: {client.session}", "Content-Type: application/json"
    assert status(kind, mine) == 200
    assert status(kind, "Mcp-Session-Id: other", mine) == 404
    assert status(kind, mine, mine) == 404
    assert status("Content-Type: text/plain", kind, mine) == 415
    client.end_session()


# --- lifecycle of sessions

def test_initialize_never_negotiates_a_version_without_sessions(server: HttpServer) -> None:
    for version in (MODERN, "2099-01-01", "1.0"):
        answer = raw(server, messages.initialize(version))
        assert answer.status == 200 and answer.json()["result"]["protocolVersion"] == LEGACY
        headers = {"Mcp-Session-Id": answer.headers["mcp-session-id"]}
        assert wire.request(server.port, "DELETE", PATH, headers).status == 204


def test_a_session_is_served_before_its_client_says_that_it_is_ready(server: HttpServer) -> None:
    answer = raw(server, messages.initialize())
    headers = {"Mcp-Session-Id": answer.headers["mcp-session-id"], "MCP-Protocol-Version": LEGACY}
    assert raw(server, messages.legacy("tools/list"), **headers).json()["result"]["tools"]
    assert wire.request(server.port, "DELETE", PATH, headers).status == 204


def test_sessions_have_ids_that_nobody_can_guess(server: HttpServer) -> None:
    clients = [HttpClient(server.port, "legacy") for _ in range(20)]
    ids = [client.session for client in clients]
    assert all(re.fullmatch(r"[\x21-\x7e]{32,}", id) for id in ids) and len(set(ids)) == len(ids)
    # No part of them counts or stays: that would be a part that need not be guessed.
    assert not any(len({id[place:place + 4] for id in ids}) < 15 for place in range(0, 32, 4))
    for client in clients:
        client.end_session()


def test_the_tasks_of_2025_11_25_are_not_offered_and_their_parameter_is_ignored(target: HttpServer) -> None:
    client = HttpClient(target.port, "legacy", "2025-11-25", capabilities={"tasks": {}})
    assert "tasks" not in client.initialized["capabilities"]
    result = client.request("tools/call", {"name": "any", "arguments": {"a": 1}, "task": {"ttl": 1000}})
    assert result["structuredContent"] == {"a": 1} and "task" not in result
    for method in ("tasks/get", "tasks/list", "tasks/result", "tasks/cancel"):
        assert client.post(messages.legacy(method, {"taskId": "t"})).json()["error"]["code"] == -32601
    client.end_session()


def test_unknown_tools_and_methods_are_protocol_errors_in_every_version(server: HttpServer) -> None:
    for version in (*LEGACY_VERSIONS, MODERN):
        client = HttpClient(server.port, "modern" if version == MODERN else "legacy", version)
        with pytest.raises(CallError) as refused:
            client.request("tools/call", {"name": "no_such_tool", "arguments": {}})
        assert refused.value.code == -32602 and "no_such_tool" in refused.value.error["message"]
        if client.era == "legacy":
            client.end_session()


# --- cancellation

MALFORMED = ({"requestId": None}, {"requestId": [1]}, {}, {"requestId": 1.5}, {"requestId": "unknown"}, {"requestId": 4711, "reason": 7})


def test_a_cancellation_of_nothing_is_ignored_on_stdio() -> None:
    with StdioClient(*arguments()) as client:
        finished = client.start("tools/call", {"name": "any", "arguments": {}})
        assert "result" in client.finish(finished)
        for params in (*MALFORMED, {"requestId": finished}):
            client.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}, check=False)
        client.send({"jsonrpc": "2.0", "method": "notifications/cancelled"}, check=False)
        assert client.request("tools/call", {"name": "any", "arguments": {}})["structuredContent"] == {}


def test_a_cancellation_of_nothing_is_accepted_and_ignored_over_http(server: HttpServer) -> None:
    client = HttpClient(server.port, "legacy")
    for params in MALFORMED:
        assert client.post({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}).status == 202
    assert client.request("ping") == {}
    client.end_session()


def test_initialize_can_not_be_cancelled() -> None:
    with StdioClient(*arguments(), era=None, version=LEGACY) as client:
        start = messages.initialize(id="start")
        cancelled = messages.notification("notifications/cancelled", {"requestId": "start"})
        client.methods["start"] = "initialize"
        client.send_bytes(messages.encode(start) + b"\n" + messages.encode(cancelled) + b"\n")
        assert client.finish("start")["result"]["protocolVersion"] == LEGACY
        client.send(messages.legacy("ping", id=2))
        assert client.finish(2)["result"] == {}
