"""Resources, templates, prompts and completion that a plugin offers, in every version, over HTTP and stdio; every message is validated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kit.http_client import CallError, HttpClient
from kit.server import HttpServer, binary
from kit.settings import LEGACY_VERSIONS, MODERN
from kit.stdio_client import StdioClient

from test_loopback import SOURCES, compile_plugin


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_plugin(SOURCES / "exerciser/exerciser.c", tmp_path_factory.mktemp("offers") / "offers.so")


def pages(client: HttpClient | StdioClient, method: str, member: str) -> list[list[dict[str, Any]]]:
    found, cursor = [], None
    while True:
        answer = client.request(method, {} if cursor is None else {"cursor": cursor})
        found.append(answer[member])
        if "nextCursor" not in answer:
            return found
        cursor = answer["nextCursor"]


def check(client: HttpClient | StdioClient, version: str) -> None:
    titled, iconic = version >= "2025-06-18", version >= "2025-11-25"
    (fixed,) = [item for item in client.request("resources/list")["resources"] if item["uri"] == "exerciser://fixed"]
    assert ("title" in fixed) == titled and ("_meta" in fixed) == titled and ("icons" in fixed) == iconic
    assert ("lastModified" in fixed["annotations"]) == titled and fixed["annotations"]["priority"] == 0.5
    (template,) = client.request("resources/templates/list")["resourceTemplates"]
    assert template["uriTemplate"] == "exerciser://item/{id}" and ("icons" in template) == iconic
    text, data = client.request("resources/read", {"uri": "exerciser://item/7"})["contents"]
    assert text["text"] == '1 exerciser://item/{id} {"uri":"exerciser://item/7","variables":{"id":"7"}}' and data["blob"] == "AAE="
    (prompt,) = client.request("prompts/list")["prompts"]
    assert prompt["arguments"][0]["required"] and ("title" in prompt["arguments"][0]) == titled
    made = client.request("prompts/get", {"name": "exercise_prompt", "arguments": {"word": "x"}})
    assert [(message["role"], message["content"]["type"]) for message in made["messages"]] == [("user", "text"), ("assistant", "image")]
    ref = {"type": "ref/resource", "uri": "exerciser://item/{id}"}
    assert client.request("completion/complete", {"ref": ref, "argument": {"name": "id", "value": ""}})["completion"]["values"] == ["one", "two"]


@pytest.mark.parametrize("version", [*LEGACY_VERSIONS, MODERN])
def test_over_http_in_every_version(plugin: Path, version: str) -> None:
    with HttpServer("--no-default-plugins", "--plugin", str(plugin)) as server:
        client = HttpClient(server.port, "modern" if version == MODERN else "legacy", version)
        check(client, version)


@pytest.mark.parametrize("version", [*LEGACY_VERSIONS, MODERN])
def test_over_stdio_in_every_version(plugin: Path, version: str) -> None:
    with StdioClient("--no-default-plugins", "--plugin", str(plugin), era="modern" if version == MODERN else "legacy",
                     version=version) as client:
        check(client, version)


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_lists_come_in_pages(plugin: Path, era: str) -> None:
    with HttpServer("--no-default-plugins", "--plugin", str(plugin), "--page-size", "2") as server:
        client = HttpClient(server.port, era)
        tools = pages(client, "tools/list", "tools")
        assert len(tools) > 5 and all(len(page) == 2 for page in tools[:-1])
        names = [tool["name"] for page in tools for tool in page]
        assert names[:3] == ["exercise_scope", "exercise_task", "exercise_timer"] and len(names) == len(set(names))
        assert [item["uri"] for page in pages(client, "resources/list", "resources") for item in page] == [
            "ambit://scopes", "exerciser://fixed"]
        # A list that has changed has other cursors.
        cursor = client.request("tools/list")["nextCursor"]
        client.request("tools/list", {"cursor": cursor})
        client.request("tools/call", {"name": "exercise_registry", "arguments": {}})
        with pytest.raises(CallError) as stale:
            client.request("tools/list", {"cursor": cursor})
        assert stale.value.error["code"] == -32602 and "list again" in stale.value.error["message"]


@pytest.mark.parametrize("era", ["modern", "legacy"])
@pytest.mark.parametrize("method, params, code, text", [
    ("prompts/get", {"name": "nothing"}, -32602, "Unknown prompt: nothing"),
    ("prompts/get", {"name": "exercise_prompt"}, -32602, "needs the argument 'word'"),
    ("resources/read", {"uri": "exerciser://item/a/b"}, None, "Resource not found: exerciser://item/a/b"),
    ("resources/read", {"uri": "exerciser://item/..%2Fa"}, None, "Resource not found"),
    ("resources/read", {"uri": "nowhere"}, -32602, "absolute URI"),
    ("completion/complete", {"ref": {"type": "ref/prompt", "name": "nothing"}, "argument": {"name": "a", "value": ""}}, -32602, "Unknown prompt"),
    ("completion/complete", {"ref": {"type": "ref/prompt", "name": "exercise_prompt"}, "argument": {"name": "a", "value": ""}}, -32602,
     "no argument 'a'"),
    ("completion/complete", {"ref": {"type": "ref/resource", "uri": "exerciser://other"}, "argument": {"name": "a", "value": ""}}, -32602, "ref.uri"),
])
def test_refusals_say_what_is_wrong(offering: HttpServer, era: str, method: str, params: dict[str, Any], code: int | None, text: str) -> None:
    client = HttpClient(offering.port, era)
    with pytest.raises(CallError) as refused:
        client.request(method, params)
    assert refused.value.error["code"] == (code or (-32602 if era == "modern" else -32002))
    assert text in refused.value.error["message"], json.dumps(refused.value.error)


@pytest.fixture(scope="module")
def offering(plugin: Path) -> Any:
    with HttpServer("--no-default-plugins", "--plugin", str(plugin)) as server:
        yield server


def test_sessions_are_told_of_each_list(plugin: Path) -> None:
    with StdioClient("--no-default-plugins", "--plugin", str(plugin), era="legacy") as client:
        assert client.initialized["capabilities"]["prompts"] == {"listChanged": True}
        assert client.initialized["capabilities"]["resources"]["listChanged"] and client.initialized["capabilities"]["completions"] == {}
        client.request("tools/call", {"name": "exercise_offers", "arguments": {}})
        wanted = {"notifications/resources/list_changed", "notifications/prompts/list_changed"}
        while not wanted <= {message["method"] for message in client.notifications}:
            assert client.receive() is not None


@pytest.mark.parametrize("version", [*LEGACY_VERSIONS, MODERN])
def test_arguments_that_break_the_schema_are_a_tool_error(version: str) -> None:
    clock = Path(binary()).with_name("libClock.so")
    with HttpServer("--no-default-plugins", "--plugin", str(clock)) as server:
        client = HttpClient(server.port, "modern" if version == MODERN else "legacy", version)
        result = client.request("tools/call", {"name": "clock_tick", "arguments": {"times": "often"}})
        assert result["isError"] and "`times` must be an integer" in result["content"][0]["text"], result
