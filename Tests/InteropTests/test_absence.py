"""What clients are told who ask for something of a plugin that is being restarted, or did not come back."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from kit import probes
from kit.http_client import HttpClient
from kit.plugins import compiled
from kit.server import HttpServer, binary
from kit.settings import LEGACY, MODERN, REPOSITORY

PLUGIN = ["--no-default-plugins", "--plugin", compiled("absent.c", REPOSITORY / "Tests/InteropTests/plugins")]
WANTED = [("tools/call", "tool", {"name": "here", "arguments": {}}), ("resources/read", "resource", {"uri": "absent://here"}),
          ("prompts/get", "prompt", {"name": "here"})]


def unavailable(client: HttpClient, method: str, params: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The error of a request that can't be served now, and the headers that it came with."""
    message = client.message(method, params)
    answer = client.post(message)
    client.schema.from_server(answer.json(), {message["id"]: method})
    assert answer.status == 503 and answer.json()["id"] == message["id"] and answer.json()["error"]["code"] == -32603
    return answer.json()["error"], answer.headers


@pytest.mark.parametrize("version", [LEGACY, MODERN])
def test_who_asks_meanwhile_is_told_where_the_plugin_is(tmp_path: Path, version: str) -> None:
    with HttpServer(*PLUGIN, environment={"ABSENT_FOLDER": str(tmp_path)}) as server:
        client = HttpClient(server.port, "modern" if version == MODERN else "legacy", version)
        assert client.request("tools/call", {"name": "here", "arguments": {}})["content"][0]["text"] == "here"

        def restart() -> subprocess.Popen[bytes]:
            return subprocess.Popen([binary(), "plugin", "restart", "absent", "--pid", str(server.pid)], env=dict(os.environ),
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        (tmp_path / "hold").touch()
        with restart() as restarting:
            probes.until((tmp_path / "waiting").exists, 5, "the plugin is being started again")
            for method, kind, params in WANTED:
                error, headers = unavailable(client, method, params)
                assert f"the plugin 'absent', which has the {kind} '" in error["message"] and "is being restarted" in error["message"]
                assert error["data"] == {"reason": "plugin_restarting", "retryable": True} and headers["retry-after"] == "1"
            unknown = client.post(client.message("tools/call", {"name": "nowhere", "arguments": {}})).json()
            assert unknown["error"]["code"] == -32602
            (tmp_path / "hold").unlink()
            assert restarting.wait(10) == 0
        assert client.request("tools/call", {"name": "here", "arguments": {}})["content"][0]["text"] == "here"

        (tmp_path / "fail").touch()
        with restart() as failing:
            assert failing.wait(10) != 0
        for method, _, params in WANTED:
            error, headers = unavailable(client, method, params)
            assert "has failed: create of 'absent' failed" in error["message"] and "/" not in error["message"].replace("absent://", "")
            assert error["data"] == {"reason": "plugin_failed", "retryable": False} and "retry-after" not in headers
        if version == LEGACY:
            client.end_session()
