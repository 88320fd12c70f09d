"""The examples that authors copy: built as their texts say, served beside the shipped plugins, and leaving nothing."""

import subprocess
from pathlib import Path

import pytest
from kit.http_client import HttpClient
from kit.server import HttpServer, binary
from kit.settings import REPOSITORY


@pytest.fixture
def c_example(tmp_path: Path) -> str:
    library = tmp_path / "libclock-c.so"
    subprocess.run(
        ["cc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden",
         "-I", str(REPOSITORY / "Sources/CAmbit/include"), str(REPOSITORY / "Plugins/Examples/c/clock.c"), "-o", str(library)],
        check=True)
    exported = subprocess.run(["nm", "-D", "--defined-only", str(library)], capture_output=True, text=True, check=True).stdout
    assert [line.split()[-1] for line in exported.splitlines()] == ["ambit_plugin_entry"]
    return str(library)


@pytest.fixture
def swift_example() -> str:
    return str(Path(binary()).with_name("libClock.so"))


@pytest.mark.parametrize("era", ["modern", "legacy"])
@pytest.mark.parametrize("example, tool", [("c_example", "c_clock_tick"), ("swift_example", "clock_tick")])
def test_the_example_ticks_and_its_timer_ends_with_the_call(era: str, example: str, tool: str, request) -> None:
    with HttpServer("--plugin", request.getfixturevalue(example), "--detach-grace", "0.1s", "--resume-grace", "0.1s") as server:
        client = HttpClient(server.port, era)
        client.request("tools/list")
        wrong = client.request("tools/call", {"name": tool, "arguments": {"times": 0}})
        assert wrong["isError"] and "times" in wrong["content"][0]["text"]

        with client.start("tools/call", {"name": tool, "arguments": {"times": 1}}, progress=True) as call:
            assert call.drain()["content"] == [{"type": "text", "text": "done"}]
            assert call.progress() == ["tick"]
        # A session meets the plugin at its first call; the wrong one never reached it.
        baseline = server.settle()

        leaving = client.start("tools/call", {"name": tool, "arguments": {"times": 3600}}, progress=True)
        assert leaving.next()["method"] == "notifications/progress"
        assert server.gauge("timers") == 1
        leaving.vanish()
        server.await_baseline(baseline, 1)
