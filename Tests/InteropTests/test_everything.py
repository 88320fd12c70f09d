"""Plugins/Everything, served as any plugin is: its whole contract, over HTTP and stdio, in every version; every message is validated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from kit import messages, probes, wire
from kit.http_client import CallError, HttpClient
from kit.peer import ASKABLE, Peer, accepted
from kit.resume import call, resume
from kit.server import HttpServer
from kit.settings import LEGACY, LEGACY_VERSIONS, MODERN
from kit.stdio_client import StdioClient

import everything
from everything import ASKING_REQUESTS, PROMPTS, QUESTIONS, RESOURCES, ROWS, Row

WAYS = [(transport, version) for transport in ("http", "stdio") for version in (*LEGACY_VERSIONS, MODERN)]


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    with HttpServer(*everything.arguments()) as running:
        yield running


@pytest.fixture(scope="module", params=WAYS, ids="-".join)
def peer(request: pytest.FixtureRequest, server: HttpServer) -> Iterator[Peer]:
    transport, version = request.param
    era = "modern" if version == MODERN else "legacy"
    if transport == "http":
        yield Peer(HttpClient(server.port, era, version, capabilities=ASKABLE))
    else:
        with StdioClient(*everything.arguments(), era=era, version=version, capabilities=ASKABLE) as client:
            yield Peer(client)


# ---- lists


def test_it_says_who_it_is(peer: Peer) -> None:
    if peer.is_modern:
        found = peer.client.request("server/discover")
        info = found["_meta"][messages.SERVER_INFO_KEY]
    else:
        found = peer.client.initialized
        info = found["serverInfo"]
    assert info["name"] == everything.NAME and "instructions" not in found
    capabilities = found["capabilities"]
    assert capabilities["tools"]["listChanged"] and capabilities["prompts"]["listChanged"] and capabilities["resources"]["listChanged"]
    assert capabilities["resources"]["subscribe"] and capabilities["logging"] == {}


def test_its_lists_are_complete(peer: Peer) -> None:
    tools = peer.client.request("tools/list")["tools"]
    names = [tool["name"] for tool in tools]
    assert names[0] == "test_simple_text" and len(names) == len(set(names))
    others = {"protocol_error_job", "test_input_required_result_capabilities", "test_elicitation_url"}
    assert set(names) == {row.tool for row in ROWS} | others
    assert all(tool["description"] and tool["inputSchema"]["type"] == "object" for tool in tools)
    uris = {found["uri"] for found in peer.client.request("resources/list")["resources"]}
    assert uris == set(RESOURCES) - {"test://template/123/data"} | {"ambit://scopes", "test://input-required-resource", everything.PAGE}
    (template,) = peer.client.request("resources/templates/list")["resourceTemplates"]
    assert (template["uriTemplate"], template["mimeType"]) == ("test://template/{id}/data", "application/json")
    prompts = {found["name"]: found for found in peer.client.request("prompts/list")["prompts"]}
    assert set(prompts) == {*PROMPTS, "test_input_required_result_prompt"}
    assert [(a["name"], a["required"]) for a in prompts["test_prompt_with_arguments"]["arguments"]] == [("arg1", True), ("arg2", True)]


def test_a_schema_reaches_clients_as_it_is(peer: Peer) -> None:
    (tool,) = [tool for tool in peer.client.request("tools/list")["tools"] if tool["name"] == "json_schema_2020_12_tool"]
    assert tool["inputSchema"] == everything.CONTACT and list(tool["inputSchema"]) == list(everything.CONTACT)
    for wrong in ({}, {"contactMethod": "phone", "email": "a"}, {"email": "a", "stray": 1}, {"email": "a", "address": {"city": 1}}):
        assert peer.tool("json_schema_2020_12_tool", wrong).result["isError"]


def test_a_tool_is_described_as_far_as_the_version_knows_it(peer: Peer) -> None:
    (tool,) = [tool for tool in peer.client.request("tools/list")["tools"] if tool["name"] == "test_described_tool"]
    since = {"annotations": "2025-03-26", "title": "2025-06-18", "outputSchema": "2025-06-18", "icons": "2025-11-25"}
    for member, version in since.items():
        assert tool.get(member) == (everything.DESCRIBED[member] if peer.version >= version else None), member
    assert tool["inputSchema"]["properties"]["region"]["x-mcp-header"] == "Region" and tool["inputSchema"]["required"] == ["a"]


# ---- tools


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.tool}-{len(row.answers)}")
def test_a_tool_answers_word_for_word(peer: Peer, row: Row) -> None:
    if peer.version < row.since:
        refused = peer.tool(row.tool, row.arguments)
        if row.tool == "test_streaming_elicitation":
            assert refused.text == "Streaming complete"
        else:
            assert refused.result["isError"] and "that came with" in refused.content[0]["text"]
        return
    if row.tool == "test_reconnection" and peer.version == LEGACY and isinstance(peer.client, HttpClient):
        return  # It has to come back: see below.
    done = peer.tool(row.tool, row.arguments, *row.answers)
    if row.tool == "failing_job" and peer.is_modern:
        assert done.error["code"] == -32021, "it needs a client that knows tasks"
        return
    expected = row.content
    if row.tool == "test_audio_content" and peer.version < "2025-03-26":
        expected = [everything.text("[audio, audio/wav, 44 bytes]")]
    if row.tool == "test_resource_link" and peer.version < "2025-06-18":
        hints = everything.LINK["annotations"]
        expected = [{**everything.text("static-text: test://static-text"), "annotations": hints}]
    assert done.content == expected and bool(done.result.get("isError")) == row.is_error
    assert done.result.get("resultType") == ("complete" if peer.is_modern else None)
    if row.tool in QUESTIONS:
        keys, questions = QUESTIONS[row.tool]
        assert done.asked == questions and done.keys == (keys if peer.is_modern else [])


def test_a_result_fits_its_schema(peer: Peer) -> None:
    done = peer.tool("test_described_tool", {"a": 40, "b": 2})
    assert done.result.get("structuredContent") == ({"sum": 42, "region": "here"} if peer.version >= "2025-06-18" else None)
    assert peer.tool("test_described_tool", {"a": 1}).text == '{"sum":2,"region":"here"}'
    for wrong in ({}, {"a": "1"}, {"a": 1.5}, {"a": 1, "stray": 1}, {"a": 9223372036854775807}):
        assert peer.tool("test_described_tool", wrong).result["isError"]


def test_an_argument_is_a_header_too(server: HttpServer) -> None:
    client = HttpClient(server.port)
    params = {"name": "test_described_tool", "arguments": {"a": 1, "region": "Zürich"}}
    message = client.message("tools/call", params)
    for region, status in (("=?base64?WsO8cmljaA==?=", 200), ("Zurich", 400), (None, 400)):
        headers = {**messages.headers(message), "Mcp-Param-Region": region}
        answer = wire.request(server.port, "POST", "/mcp", headers, messages.encode(message))
        assert answer.status == status
        if status == 200:
            assert answer.json()["result"]["structuredContent"] == {"sum": 2, "region": "Zürich"}
        else:
            assert answer.json()["error"]["code"] == -32020
    # Sessions know no such headers.
    legacy = HttpClient(server.port, "legacy")
    assert legacy.request("tools/call", params)["structuredContent"]["region"] == "Zürich"
    legacy.end_session()


@pytest.mark.parametrize("transport", ["http", "stdio"])
@pytest.mark.parametrize("version", [LEGACY, MODERN])
def test_a_person_is_asked_to_open_a_page(server: HttpServer, transport: str, version: str) -> None:
    era = "modern" if version == MODERN else "legacy"
    pages = {"elicitation": {"form": {}, "url": {}}}
    if transport == "http":
        opened: Any = HttpClient(server.port, era, version, capabilities=pages)
        story(Peer(opened))
    else:
        with StdioClient(*everything.arguments(), era=era, version=version, capabilities=pages) as opened:
            story(Peer(opened))


def story(peer: Peer) -> None:
    for action in ("accept", "decline", "cancel"):
        done = peer.tool("test_elicitation_url", {"message": "Sign in, please"}, {"action": action})
        ((method, params),) = done.asked
        assert method == "elicitation/create" and done.text == f"Page: action={action}"
        assert (params["mode"], params["message"], params["url"]) == ("url", "Sign in, please", "https://example.com/ambit")
        assert ("elicitationId" in params) == (not peer.is_modern)


def test_a_client_that_opens_no_pages_is_told_what_it_lacks(peer: Peer) -> None:
    refused = peer.tool("test_elicitation_url", {"message": "?"})
    if peer.is_modern:
        assert refused.error["code"] == -32021 and refused.error["data"]["requiredCapabilities"] == {"elicitation": {"url": {}}}
    elif peer.version >= LEGACY:
        assert refused.error["code"] == -32602 and "elicitation by URL" in refused.error["message"]
    else:
        assert refused.result["isError"] and "that came with" in refused.content[0]["text"]


def test_a_client_whose_connection_is_closed_comes_back_for_its_answer(server: HttpServer) -> None:
    (row,) = [row for row in ROWS if row.tool == "test_reconnection"]
    client = HttpClient(server.port, "legacy", LEGACY)
    reader, message = call(client, row.tool)
    with reader:
        assert reader.drain() == [] and reader.connection.ended_properly
        assert reader.primings[-1]["retry"] == "5000"
    with resume(client, reader.last, message) as second:
        (answer,) = second.drain()
    assert answer["id"] == message["id"] and answer["result"]["content"] == row.content
    client.end_session()


@pytest.mark.parametrize("tool, properties, since", [
    ("test_elicitation_sep1034_defaults", everything.DEFAULTS, "2025-06-18"),
    ("test_elicitation_sep1330_enums", everything.ENUMS, "2025-11-25"),
])
def test_forms_have_what_they_should(peer: Peer, tool: str, properties: dict[str, Any], since: str) -> None:
    if peer.version < since:
        return
    ((method, params),) = peer.tool(tool, {}, {"action": "cancel"}).asked
    schema = params["requestedSchema"]
    assert method == "elicitation/create" and schema["required"] == []
    assert {name: {k: v for k, v in found.items() if k != "description"} for name, found in schema["properties"].items()} == properties


def test_progress_is_told_to_whoever_asks(peer: Peer) -> None:
    done = peer.tool("test_tool_with_progress", progress=True)
    told = done.params("progress")
    assert [(found["progress"], found["total"]) for found in told] == [(0, 100), (50, 100), (100, 100)]
    assert {found["progressToken"] for found in told} == {done.text}
    if peer.version >= "2025-03-26":
        assert [found["message"] for found in told] == [f"Completed step {step} of 100" for step in (0, 50, 100)]
    assert peer.tool("test_tool_with_progress").notifications == []


@pytest.mark.parametrize("token, text", [(7, "7"), ("7", "7"), (9007199254740993, "9007199254740993"), ('a"b\\n', 'a"b\\n')])
def test_a_progress_token_may_be_a_number(server: HttpServer, token: Any, text: str) -> None:
    message = messages.modern("tools/call", {"name": "test_tool_with_progress", "arguments": {}}, progress=token)
    answer = HttpClient(server.port).post(message)
    assert answer.json()["result"]["content"][0]["text"] == text


def test_logs_are_told_to_whoever_wants_them(peer: Peer) -> None:
    expected = ["Tool execution started", "Tool processing data", "Tool execution completed"]
    told = peer.tool("test_tool_with_logging", progress=True).params("message")
    assert [(found["level"], found["data"]) for found in told] == [("info", data) for data in expected]
    assert len(peer.tool("test_logging_tool", progress=True).params("message")) == 1
    if peer.is_modern:
        # It is said with the request.
        for tool in ("test_tool_with_logging", "test_logging_tool"):
            assert peer.tool(tool).params("message") == []
    else:
        peer.client.request("logging/setLevel", {"level": "warning"})
        assert peer.tool("test_tool_with_logging").params("message") == []
        peer.client.request("logging/setLevel", {"level": "debug"})


def test_errors_of_the_protocol_and_of_tools_differ(peer: Peer) -> None:
    failed = peer.tool("protocol_error_job").error
    assert (failed["code"], failed["message"]) == (-32603, "The job ended with an error of the protocol")
    assert peer.tool("no_such_tool").error["code"] == -32602


def test_an_app_passes_through_untouched(peer: Peer) -> None:
    if peer.version < "2025-06-18":
        return
    (tool,) = [tool for tool in peer.client.request("tools/list")["tools"] if tool["name"] == "test_app"]
    assert tool["_meta"]["ui"] == {"resourceUri": everything.PAGE, "visibility": ["model", "app"]}
    assert peer.tool("test_app").result["structuredContent"] == {"greeting": "Hello, World!"}
    (page,) = peer.client.request("resources/read", {"uri": everything.PAGE})["contents"]
    assert page["mimeType"] == "text/html;profile=mcp-app" and page["text"].startswith("<!DOCTYPE html>")
    assert page["_meta"]["ui"] == {"csp": {"connectDomains": [], "resourceDomains": []}, "prefersBorder": True}


def test_a_job_reports_and_can_be_taken_back(server: HttpServer) -> None:
    def calls() -> int:
        return server.look().live().get("call", 0)

    before = calls()  # that wait for answers
    client = HttpClient(server.port, "legacy", LEGACY)
    with client.start("tools/call", {"name": "slow_compute", "arguments": {"seconds": 2, "label": "x"}}, progress=True) as stream:
        assert stream.drain()["structuredContent"] == {"label": "x", "computed": True}
        assert [n["params"]["progress"] for n in stream.notifications] == [1, 2] and stream.progress() == ["x", "x"]
    with client.start("tools/call", {"name": "slow_compute", "arguments": {"seconds": 3000}}, progress=True) as stream:
        assert stream.next()["params"]["progress"] == 1
        client.notify("notifications/cancelled", {"requestId": stream.id})
        assert stream.next() is None
    modern = HttpClient(server.port)
    with modern.start("tools/call", {"name": "slow_compute", "arguments": {"seconds": 3000}}, progress=True) as stream:
        stream.next()
        stream.vanish()
    probes.until(lambda: calls() == before, 2, "the job ends with its client")
    client.end_session()


# ---- resources, prompts, completion


@pytest.mark.parametrize("uri", RESOURCES)
def test_a_resource_is_read_word_for_word(peer: Peer, uri: str) -> None:
    assert peer.client.request("resources/read", {"uri": uri})["contents"] == [{"uri": uri, **RESOURCES[uri]}]


def test_a_resource_that_is_not_there(peer: Peer) -> None:
    error = peer.run("resources/read", {"uri": "test://nothing"}).error
    assert error["code"] == (-32602 if peer.is_modern else -32002) and error["data"]["uri"] == "test://nothing"


@pytest.mark.parametrize("name", PROMPTS)
def test_a_prompt_is_made_word_for_word(peer: Peer, name: str) -> None:
    arguments, content = PROMPTS[name]
    made = peer.client.request("prompts/get", {"name": name, "arguments": arguments})["messages"]
    assert made == [{"role": "user", "content": block} for block in content]


def test_a_prompt_needs_its_arguments(peer: Peer) -> None:
    assert peer.run("prompts/get", {"name": "test_prompt_with_arguments", "arguments": {"arg1": "a"}}).error["code"] == -32602
    assert peer.run("prompts/get", {"name": "nothing"}).error["code"] == -32602


@pytest.mark.parametrize("ref, argument, values", [
    ({"type": "ref/prompt", "name": "test_prompt_with_arguments"}, {"name": "arg1", "value": "t"}, ["two"]),
    ({"type": "ref/prompt", "name": "test_prompt_with_embedded_resource"}, {"name": "resourceUri", "value": ""}, []),
    ({"type": "ref/resource", "uri": "test://template/{id}/data"}, {"name": "id", "value": "1"}, ["123"]),
])
def test_arguments_are_completed(peer: Peer, ref: dict[str, Any], argument: dict[str, Any], values: list[str]) -> None:
    assert peer.client.request("completion/complete", {"ref": ref, "argument": argument})["completion"]["values"] == values


@pytest.mark.parametrize("method", ASKING_REQUESTS)
def test_prompts_and_resources_ask_as_tools_do(peer: Peer, method: str) -> None:
    params, read, expected = ASKING_REQUESTS[method]
    if peer.version < "2025-06-18":
        assert "that came with" in peer.run(method, params).error["message"]
        return
    done = peer.run(method, params, accepted(context="test context"))
    assert read(done) == expected and len(done.asked) == 1
    assert done.keys == (["user_context"] if peer.is_modern else [])


# ---- who can't be asked


@pytest.mark.parametrize("version", [*LEGACY_VERSIONS, MODERN])
def test_a_client_that_cannot_be_asked_is_told_what_it_lacks(server: HttpServer, version: str) -> None:
    peer = Peer(HttpClient(server.port, "modern" if version == MODERN else "legacy", version))
    code = -32021 if peer.is_modern else -32602
    wanted: list[tuple[str, dict[str, Any], str, str]] = [
        ("tools/call", {"name": "test_missing_capability", "arguments": {}}, "sampling", "2024-11-05"),
        ("tools/call", {"name": "test_input_required_result_list_roots", "arguments": {}}, "roots", "2024-11-05"),
        *[(method, params, "elicitation", "2025-06-18") for method, (params, _, _) in ASKING_REQUESTS.items()],
    ]
    for method, params, capability, since in wanted:
        if version < since:
            continue
        with pytest.raises(CallError) as refused:
            peer.client.request(method, params)
        assert refused.value.code == code and capability in refused.value.error["message"]
        if peer.is_modern:
            assert refused.value.status == 400 and refused.value.error["data"]["requiredCapabilities"] == {capability: {}}
    assert peer.tool("test_streaming_elicitation").text == "Streaming complete"
    assert peer.tool("test_input_required_result_capabilities").text == "This client can be asked nothing"


def test_each_client_is_asked_what_it_declares_and_nothing_else(server: HttpServer) -> None:
    kinds = {"elicitation": "elicit_input", "sampling": "sample_input", "roots": "roots_input"}
    for declared in ({"elicitation": {}}, {"sampling": {}}, {"roots": {}}, {"sampling": {}, "elicitation": {}}, ASKABLE):
        client = HttpClient(server.port, capabilities=declared)
        result = client.request("tools/call", {"name": "test_input_required_result_capabilities", "arguments": {}})
        assert result["resultType"] == "input_required"
        assert set(result["inputRequests"]) == {key for kind, key in kinds.items() if kind in declared}


def test_operators_name_their_server() -> None:
    flags = ["--no-default-plugins", "--server-name", "here", "--server-title", "Here", "--instructions", "Call nothing."]
    with HttpServer(*flags) as server:
        found = HttpClient(server.port, "legacy").initialized
        assert (found["serverInfo"]["name"], found["serverInfo"]["title"]) == ("here", "Here")
        assert found["instructions"] == "Call nothing."
        found = HttpClient(server.port).request("server/discover")
        assert found["_meta"][messages.SERVER_INFO_KEY]["name"] == "here" and found["instructions"] == "Call nothing."
    with StdioClient(*flags) as client:
        assert client.request("server/discover")["instructions"] == "Call nothing."
