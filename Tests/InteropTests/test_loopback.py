"""Each call of the ABI, in both directions, goes through bytes and back: nothing gets into the ABI that could not be sent to another process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kit.http_client import CallError, HttpClient
from kit.server import HttpServer, binary
from kit.settings import REPOSITORY

SOURCES = REPOSITORY / "Tests/InteropTests/loopback"
HEADERS = REPOSITORY / "Sources/CAmbit/include"
# What no test can make happen yet, and why.
NEVER = {"called ask_ask_done": "no client is asked anything before the protocol has it"}


def compile_plugin(source: Path, library: Path) -> Path:
    subprocess.run(
        ["cc", "-std=c11", "-D_GNU_SOURCE", "-g", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-fPIC", "-shared",
         "-fvisibility=hidden", "-I", str(HEADERS), str(source), "-o", str(library)],
        check=True)
    return library


def behind_proxy(plugin: Path, folder: Path) -> Path:
    """A plugin that sends everything to `plugin` as bytes."""
    source = folder / f"{plugin.stem}-proxy.c"
    source.write_text(subprocess.run(
        [sys.executable, str(SOURCES / "generate.py"), str(HEADERS / "ambit"), str(plugin)],
        check=True, capture_output=True, text=True).stdout)
    return compile_plugin(source, folder / f"{plugin.stem}-proxy.so")


@pytest.fixture(scope="module")
def exerciser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_plugin(SOURCES / "exerciser/exerciser.c", tmp_path_factory.mktemp("exerciser") / "exerciser.so")


def read_counts(path: Path) -> dict[str, int]:
    return {what: int(count) for what, count in (line.rsplit(" ", 1) for line in path.read_text().splitlines())}


def exercise_all(client: HttpClient) -> None:
    tools = [tool["name"] for tool in client.request("tools/list")["tools"] if tool["name"].startswith("exercise_")]
    assert tools
    for name in tools:
        arguments = {"list": [7, 0.5, True, "é"]} if name == "exercise_value" else {}
        result = client.request("tools/call", {"name": name, "arguments": arguments})
        assert result["content"][0]["text"] == "ok" and not result.get("isError"), (name, result)


def use_offers(client: HttpClient) -> None:
    """The resource, the template and the prompt of the exerciser: each is served, and completed."""
    read = client.request("resources/read", {"uri": "exerciser://item/a%20b"})["contents"]
    assert read[0]["text"] == '1 exerciser://item/{id} {"uri":"exerciser://item/a%20b","variables":{"id":"a b"}}'
    assert read[1]["blob"] == "AAE="
    assert client.request("resources/read", {"uri": "exerciser://fixed"})["contents"][0]["text"].startswith("1 exerciser://fixed ")
    with pytest.raises(CallError) as gone:
        client.request("resources/read", {"uri": "exerciser://item/nothing"})
    assert gone.value.error["code"] == (-32602 if client.era == "modern" else -32002)
    prompt = client.request("prompts/get", {"name": "exercise_prompt", "arguments": {"word": "x"}})
    assert prompt["description"] == "described" and [message["role"] for message in prompt["messages"]] == ["user", "assistant"]
    assert prompt["messages"][0]["content"]["text"] == '2 exercise_prompt {"word":"x"}'
    for ref, name in [({"type": "ref/prompt", "name": "exercise_prompt"}, "word"), ({"type": "ref/resource", "uri": "exerciser://item/{id}"}, "id")]:
        completion = client.request("completion/complete", {"ref": ref, "argument": {"name": name, "value": "o"}})["completion"]
        assert completion == {"values": ["one", "two"], "total": 2}


@pytest.mark.parametrize("era", ["modern", "legacy"])
@pytest.mark.parametrize("link", [False, True], ids=["direct", "as bytes"])
def test_every_function_of_the_abi_works(exerciser: Path, link: bool, era: str, tmp_path: Path) -> None:
    counts = tmp_path / "counts"
    plugin = behind_proxy(exerciser, tmp_path) if link else exerciser
    environment = {**os.environ, "LOOPBACK_COUNTS": str(counts)}
    with HttpServer("--no-default-plugins", "--plugin", str(plugin), environment=environment) as server:
        client = HttpClient(server.port, era)
        # A session meets the plugin at its first call.
        client.request("tools/call", {"name": "exercise_context", "arguments": {}})
        baseline = server.settle()
        exercise_all(client)
        use_offers(client)
        server.await_baseline(baseline, 1)
        server.terminate()
    if not link:
        return
    seen = read_counts(counts)
    assert seen.pop("left registrations") == 0
    assert {what for what, count in seen.items() if count == 0} == set(NEVER)


@pytest.mark.parametrize("library", ["libLogs.so", "libREPL.so", "libClock.so"])
def test_shipped_plugins_work_over_the_link(library: str, tmp_path: Path) -> None:
    counts = tmp_path / "counts"
    proxy = behind_proxy(Path(binary()).with_name(library), tmp_path)
    environment = {**os.environ, "LOOPBACK_COUNTS": str(counts)}
    with HttpServer("--no-default-plugins", "--plugin", str(proxy), environment=environment) as server:
        client = HttpClient(server.port, "modern")
        if library == "libLogs.so":
            with client.start("tools/call", {"name": "process_run", "arguments": {"command": "seq 1 300", "mode": "stream"}},
                              progress=True) as call:
                assert "300 lines" in call.drain()["content"][0]["text"]
        elif library == "libREPL.so":
            with client.start("tools/call", {"name": "repl_eval", "arguments": {"language": "shell", "code": "seq 1 300; false"}},
                              progress=True) as call:
                assert call.drain()["structuredContent"]["value"]["json"] == 1 and call.progress()[-1] == "300"
        else:
            result = client.request("tools/call", {"name": "clock_tick", "arguments": {"times": 1}})
            assert result["content"][0]["text"] == "done"
        server.terminate()
    seen = read_counts(counts)
    assert seen["left registrations"] == 0 and seen["called ambit_tool_invoke"] == 1


def test_a_declaration_that_cant_be_sent_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.h").write_text(
        "#define AMBIT_EXT_BAD \"ambit.bad/1\"\ntypedef int32_t ambit_status;\n"
        "typedef struct ambit_host_bad {\n    uint32_t struct_size;\n    uint32_t reserved;\n"
        "    ambit_status (*look)(void *memory);\n} ambit_host_bad;\n")
    refused = subprocess.run(
        [sys.executable, str(SOURCES / "generate.py"), str(tmp_path), "x.so"], capture_output=True, text=True)
    assert refused.returncode == 1 and "bad.look: void * memory" in refused.stderr
