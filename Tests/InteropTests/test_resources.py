"""`ambit://scopes`: an agent can ask what is left of what it started. Every message is validated by the official schemas."""

from __future__ import annotations

import json
from typing import Any

import pytest
from kit.http_client import HttpClient, CallError
from kit.server import HttpServer
from kit.settings import LEGACY_VERSIONS, MODERN
from kit.stdio_client import StdioClient

URI = "ambit://scopes"


def read(client: HttpClient | StdioClient) -> dict[str, Any]:
    (contents,) = client.request("resources/read", {"uri": URI})["contents"]
    assert contents["uri"] == URI and contents["mimeType"] == "application/json"
    return json.loads(contents["text"])


def names(node: dict[str, Any]) -> list[str]:
    kinds = [resource["kind"] for resource in node["resources"]]
    return kinds + [kind for child in node["children"] for kind in names(child)]


@pytest.mark.parametrize("version", [*LEGACY_VERSIONS, MODERN])
def test_it_is_listed_and_read(server: HttpServer, version: str) -> None:
    client = HttpClient(server.port, "modern" if version == MODERN else "legacy", version)
    assert [resource["uri"] for resource in client.request("resources/list")["resources"]] == [URI]
    assert client.request("resources/templates/list")["resourceTemplates"] == []
    found = read(client)
    assert found["totals"]["scope"]["live"] > 0
    with pytest.raises(CallError) as refused:
        client.request("resources/read", {"uri": "ambit://nothing"})
    assert refused.value.error["code"] == (-32602 if version == MODERN else -32002)
    assert refused.value.error["data"]["uri"] == "ambit://nothing"


def test_a_session_sees_its_own_processes_only(server: HttpServer) -> None:
    one, other = HttpClient(server.port, "legacy"), HttpClient(server.port, "legacy")
    one.tool("process_run", argv=["sleep", "1000"], mode="background")
    (mine,) = read(one)["scopes"]
    assert "process" in names(mine)
    (its,) = read(other)["scopes"]
    assert "process" not in names(its)
    one.end_session()
    other.end_session()


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_over_stdio_the_connection_is_seen(era: str) -> None:
    with StdioClient(era=era) as client:
        client.tool("process_run", argv=["sleep", "1000"], mode="background")
        (mine,) = read(client)["scopes"]
        assert mine["level"] == "session" and "process" in names(mine)
