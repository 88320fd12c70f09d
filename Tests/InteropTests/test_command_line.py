"""The commands that look into a running server and call its tools."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit import control, probes, wire
from kit.certificates import Certificates
from kit.http_client import HttpClient
from kit.issuer import ISSUER, RESOURCE, SigningKey, key_set
from kit.server import HttpServer, binary
from kit.settings import within
from kit.stdio_client import StdioClient


class CommandLine:
    """`ambit` with a folder of control sockets of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, **control.environment(folder)}

    def run(self, *arguments: str, status: int | None = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [binary(), *arguments], capture_output=True, text=True, timeout=within(30), env=self.environment, stdin=subprocess.DEVNULL)
        assert status is None or done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [binary(), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment,
            stdin=subprocess.DEVNULL)


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "run")


@pytest.fixture
def served(line: CommandLine) -> Iterator[HttpServer]:
    with HttpServer(environment=control.environment(line.folder)) as server:
        control.path_of(line.folder, server.pid)
        yield server


def test_the_only_server_is_found(line: CommandLine, served: HttpServer) -> None:
    assert line.run("scopes").stdout.startswith("server ")
    tree = json.loads(line.run("scopes", "--json", "--depth", "0").stdout)
    assert tree["scopes"]["children"] == []
    assert "plugin logs#1" in line.run("scopes", "--path", "plugin logs").stdout
    assert "process_run" in line.run("tools").stdout
    assert any(tool["name"] == "process_run" for tool in json.loads(line.run("tools", "--json").stdout)["tools"])
    plugins = json.loads(line.run("plugin", "list", "--json").stdout)["plugins"]
    assert plugins[0]["name"] == "logs" and plugins[0]["generation"] == 1 and plugins[0]["state"] == "ready"
    assert "logs" in line.run("plugin", "list").stdout
    assert [server["pid"] for server in json.loads(line.run("servers", "--json").stdout)] == [served.pid]


def test_plugins_are_disabled_enabled_and_restarted(line: CommandLine, served: HttpServer) -> None:
    client = HttpClient(served.port)
    client.tool("process_run", argv=["sleep", "1000"], mode="background", keep=True)
    assert "disabled" in line.run("plugin", "disable", "logs").stdout
    assert served.gauge("processes") == 0
    assert "process_run" not in line.run("tools", "--pid", str(served.pid)).stdout
    assert control.ask(line.folder / f"{served.pid}.sock", "health")["plugins"][0]["state"] == "disabled"
    assert "generation 2" in line.run("plugin", "enable", "logs").stdout
    assert "generation 3" in line.run("plugin", "restart", "logs").stdout
    # Handles end with the generation that they were minted for: a client without one begins anew.
    HttpClient(served.port).tool("process_list")
    plugin, *_ = json.loads(line.run("plugin", "list", "--json").stdout)["plugins"]
    assert plugin["state"] == "ready" and plugin["generation"] == 3 and "process_run" in plugin["tools"]
    assert "there is no such plugin" in line.run("plugin", "disable", "nope", status=1).stderr


def test_the_log_level_changes_while_it_runs(line: CommandLine, served: HttpServer) -> None:
    assert line.run("log-level").stdout == "info\n"
    assert line.run("log-level", "debug").stdout == "debug\n"
    served.wait_for_line("the log level was changed")
    assert "expected one of" in line.run("log-level", "loud", status=1).stderr
    assert line.run("log-level").stdout == "debug\n"


def test_the_log_has_requests_from_debug_on(line: CommandLine, served: HttpServer) -> None:
    where = ["--url", f"http://127.0.0.1:{served.port}"]
    line.run("call", *where, "process_run", "argv=true", "mode=wait")
    assert "request" not in served.log()
    line.run("log-level", "debug")
    line.run("call", *where, "process_run", "argv=true", "argv=not-for-the-log", "mode=wait")
    served.wait_for_line(r"debug +request from=127\.0\.0\.1:\d+ message=tools/call method=POST ms=[\d.]+ path=/mcp status=200 tool=process_run")
    assert "not-for-the-log" not in served.log()
    with StdioClient("--log-level", "debug", era="legacy", environment=control.environment(line.folder)) as client:
        client.wait_for_line(r"debug +request from=stdio message=initialize ms=[\d.]+$")


def test_health_says_why_a_plugin_is_not_there(line: CommandLine, tmp_path: Path) -> None:
    broken = tmp_path / "libBroken.so"
    broken.write_text("no library")
    environment = control.environment(line.folder)
    for access, is_told in [({}, True), ({"AMBIT_AUTH_TOKEN": "a-token-of-the-tests"}, False)]:
        with HttpServer("--plugin", str(broken), environment={**environment, **access}) as server:
            health = json.loads(wire.request(server.port, "GET", "/health").body)
            assert health["status"] == "degraded"
            (plugin,) = (plugin for plugin in health["plugins"] if plugin["state"] == "failed")
            assert ("reason" in plugin) == is_told and (not is_told or str(broken) in plugin["reason"])
            own = control.ask(control.path_of(line.folder, server.pid), "health")
            assert any(str(broken) in plugin.get("reason", "") for plugin in own["plugins"])
            assert f"failed: {broken}" in line.run("plugin", "list").stdout


def test_several_servers_are_listed_and_chosen(line: CommandLine, served: HttpServer) -> None:
    with StdioClient(environment=control.environment(line.folder)) as second:
        control.path_of(line.folder, second.pid)
        told = line.run("scopes", status=1).stderr
        assert str(served.pid) in told and str(second.pid) in told and "--pid" in told and str(served.port) in told
        assert "stdio" in line.run("scopes", "--pid", str(second.pid)).stdout
        assert "listener" in line.run("scopes", "--pid", str(served.pid)).stdout
        unknown = line.run("scopes", "--pid", "1", status=1).stderr
        assert "no server of yours has the process id 1" in unknown and str(served.pid) in unknown


def test_no_server_is_one_clear_line(line: CommandLine) -> None:
    for command in (["scopes"], ["plugin", "list"], ["log-level"]):
        told = line.run(*command, status=1).stderr
        assert "no server is running" in told and told.count("\n") == 1
    assert line.run("servers").stdout == "no server is running\n"


@pytest.mark.parametrize("place", ["server", "url", "local"])
def test_call(line: CommandLine, place: str, request: pytest.FixtureRequest) -> None:
    where: list[str] = []
    if place == "local":
        where = ["--local"]
    else:
        served = request.getfixturevalue("served")
        if place == "url":
            where = ["--url", f"http://127.0.0.1:{served.port}"]
    call = ["call", *where, "process_run"]
    done = line.run(*call, "argv=sh", "argv=-c", "argv=echo one; echo two", "mode=stream")
    assert "one" in done.stderr and "two" in done.stderr
    structured = json.loads(line.run(*call, "argv:=[\"echo\", \"hi\"]", "mode=wait", "--json").stdout)
    assert isinstance(structured, dict) and "isError" not in structured
    assert "exit" in line.run(*call, "--arguments", '{"argv": ["true"], "mode": "wait"}').stdout.lower()
    failed = line.run(*call, "argv=/no/such/program", "mode=wait", status=1)
    assert failed.stderr and not failed.stdout
    assert "did you mean 'process_run'?" in line.run("call", *where, "proces_run", status=1).stderr
    assert "did you mean 'argv'?" in line.run(*call, "argw=x", status=1).stderr


@pytest.mark.parametrize("place", ["server", "url", "local"])
def test_an_interrupted_call_is_cancelled(line: CommandLine, place: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    where: list[str] = []
    if place == "local":
        where = ["--local"]
    else:
        served = request.getfixturevalue("served")
        if place == "url":
            where = ["--url", f"http://127.0.0.1:{served.port}"]
    started = tmp_path / "started"
    program = line.start("call", *where, "process_run", "argv=sh", "argv=-c", f"argv=echo $$ > {started}; exec sleep 1000", "mode=wait")
    try:
        pid = int(probes.until(lambda: started.exists() and started.read_text().strip(), 20, "the program runs"))
        program.send_signal(signal.SIGINT)
        assert program.wait(within(10)) == 130
        probes.until(lambda: not probes.is_running(pid), 10, "the program has ended with the call")
    finally:
        program.kill()
        program.communicate()


def test_a_call_that_takes_too_long_is_cancelled(line: CommandLine, served: HttpServer) -> None:
    done = line.run("call", "process_run", "argv=sleep", "argv=1000", "mode=wait", "--timeout", "300ms", status=1)
    assert "did not finish in time" in done.stderr
    probes.until(lambda: served.gauge("processes") == 0, 10, "the program has ended")


def test_tools_and_calls_need_no_server(line: CommandLine) -> None:
    assert "process_run" in line.run("tools").stdout
    line.run("call", "process_run", "argv=true", "mode=wait")
    assert list(line.folder.iterdir()) == [] if line.folder.exists() else True


def test_watch_repeats_until_it_is_interrupted(line: CommandLine, served: HttpServer) -> None:
    program = line.start("scopes", "--watch", "--interval", "100ms", "--depth", "0")
    try:
        pictures = 0
        while pictures < 3:
            text = program.stdout.readline()
            assert text and "\x1b" not in text
            pictures += text.startswith("server ")
        program.send_signal(signal.SIGINT)
        _, told = program.communicate(timeout=within(10))
        assert program.returncode == 0 and not told
    finally:
        program.kill()
        program.communicate()


def test_watch_ends_when_nobody_reads_and_when_the_server_stops(line: CommandLine, served: HttpServer) -> None:
    program = line.start("scopes", "--watch", "--interval", "100ms")
    assert program.stdout.readline()
    program.stdout.close()
    assert program.wait(within(10)) == 0
    program.stderr.close()
    program = line.start("scopes", "--watch", "--interval", "100ms")
    assert program.stdout.readline()
    served.terminate()
    _, told = program.communicate(timeout=within(10))
    assert program.returncode == 0 and "ambit: " in told


def test_completions_are_generated(line: CommandLine) -> None:
    assert "scopes" in line.run("--generate-completion-script", "bash").stdout


def test_a_local_call_says_what_ends_with_it(line: CommandLine) -> None:
    said = line.run("call", "--local", "process_run", "argv=sleep", "argv=1000", "mode=background").stderr
    assert "a program that the call has started ends with it" in said and "`ambit serve`" in said
    assert "ends with it" not in line.run("call", "--local", "process_run", "argv=true", "mode=wait").stderr
    # Its handle would be of no use to anybody.
    assert "Session:" not in line.run("call", "--local", "--keep-session", "process_run", "argv=true", "mode=wait").stdout


@pytest.mark.parametrize("place", ["server", "url"])
def test_a_call_leaves_no_session_behind_unless_it_is_to(line: CommandLine, served: HttpServer, place: str) -> None:
    where = ["--url", f"http://127.0.0.1:{served.port}"] if place == "url" else []
    done = line.run("call", *where, "process_run", "argv=sleep", "argv=1000", "mode=background")
    assert "Session:" not in done.stdout and "a program that the call has started ends with it: --keep-session" in done.stderr
    probes.until(lambda: served.gauge("sessions") == served.gauge("processes") == 0, 10, "session and program have ended")
    done = line.run("call", *where, "process_run", "argv=true", "mode=wait")
    assert "Session:" not in done.stdout and not done.stderr
    kept = line.run("call", *where, "--keep-session", "--json", "process_run", "argv=sleep", "argv=1000", "mode=background")
    assert not kept.stderr
    told = json.loads(kept.stdout)
    assert told["process"] in line.run("call", *where, "process_list", f"session={told['session']}").stdout
    # A session that is named is not the call's to end.
    line.run("call", *where, "process_run", f"session={told['session']}", "argv=true", "mode=wait")
    assert served.gauge("sessions") == served.gauge("processes") == 1


def test_a_line_that_a_tool_sends_in_two_forms_is_printed_once(line: CommandLine) -> None:
    done = line.run("call", "--local", "process_run", "argv=sh", "argv=-c", "argv=echo one; echo one; echo two", "mode=stream")
    assert done.stderr.splitlines() == ["[1] one", "[2] one", "[3] two"]


def test_a_tool_that_needs_more_of_its_client_is_told(line: CommandLine) -> None:
    everything = ("--plugin", str(Path(binary()).with_name("libEverything.so")))
    for tool, arguments, said in [
        ("test_elicitation", ["message=x"], "this tool asks its client (elicitation), and `ambit call` can't answer"),
        ("failing_job", [], "this tool runs as a task only"),
    ]:
        assert said in line.run("call", "--local", *everything, tool, *arguments, status=1).stderr


def test_no_tools_says_why(line: CommandLine, served: HttpServer) -> None:
    none = line.run("tools", "--no-default-plugins").stdout
    assert none == "no tools: no plugin is loaded; name one with --plugin PATH, or in ambit.yaml\n"
    for plugin in ("logs", "repl"):
        line.run("plugin", "disable", plugin)
    why = "is disabled (disabled through the control socket)"
    assert line.run("tools").stdout == f"no tools: logs {why}; repl {why}\n"


@pytest.mark.parametrize(("arguments", "error", "usage"), [
    (["serv"], "there is no command 'ambit serv'; did you mean 'serve'?", "ambit <subcommand>"),
    (["plugin", "lst"], "there is no command 'ambit plugin lst'; did you mean 'list'?", "ambit plugin <subcommand>"),
    (["xyzzy"], "there is no command 'ambit xyzzy'; there are serve, stdio, tools", "ambit <subcommand>"),
    (["stdio", "--port", "1"], "--port concerns HTTP, which `ambit stdio` does not speak", "ambit stdio"),
    (["stdio", "--no-insecure-bind"], "--insecure-bind concerns HTTP", "ambit stdio"),
    (["tools", "--max-calls", "1"], "--max-calls is no option of `ambit tools`; `ambit serve` and `ambit stdio` take it", "ambit tools"),
    (["serve", "--prot", "1"], "Unknown option '--prot'. Did you mean '--port'?", "ambit serve"),
    (["call", "x", "--timeout", "soon"], "--timeout is 'soon'", "ambit call"),
    (["scopes", "--interval", "1ms"], "--interval is '1ms'", "ambit scopes"),
    (["plugin", "list", "--url", "x"], "--url is 'x'; expected http://host:port or https://host:port", "ambit plugin list"),
    (["scopes", "--ca", "x"], "--ca and --token-file go with --url", "ambit scopes"),
    (["tools", "--local", "--pid", "1"], "plugins are loaded in this process, or a server is named", "ambit tools"),
])
def test_a_command_line_that_is_none_says_what_was_meant(line: CommandLine, arguments: list[str], error: str, usage: str) -> None:
    said = line.run(*arguments, status=64).stderr
    assert f"Error: {error}" in said and f"\nUsage: {usage}" in said


# --- by HTTP, with TLS and a token

TOKEN = "a-token-of-the-tests"


@pytest.fixture
def secured(line: CommandLine, tmp_path: Path) -> Iterator[tuple[HttpServer, list[str]]]:
    """A server with both, and the options that reach it."""
    files = Certificates(tmp_path)
    with HttpServer(*files.flags, environment={**control.environment(line.folder), "AMBIT_AUTH_TOKEN": TOKEN}) as server:
        control.path_of(line.folder, server.pid)
        yield server, ["--url", f"https://127.0.0.1:{server.port}/mcp", "--ca", str(files.chain)]


def test_tls_and_a_token(line: CommandLine, secured: tuple[HttpServer, list[str]], tmp_path: Path) -> None:
    _, where = secured
    (tmp_path / "token").write_text(TOKEN + "\n")
    by_file = [*where, "--token-file", str(tmp_path / "token")]
    assert "process_run" in line.run("tools", *by_file).stdout
    assert line.run("scopes", *by_file).stdout.startswith("server ")
    line.environment["AMBIT_TOKEN"] = TOKEN
    done = line.run("call", *where, "process_run", "argv=seq", "argv=5000", "mode=stream")
    # Where progress would have had to wait, the log record has the line.
    lines = [said.split("] ")[1] if said[0] == "[" else json.loads(said.removeprefix("info "))["text"] for said in done.stderr.splitlines()]
    assert lines == [str(number) for number in range(1, 5001)]
    # Programs of plugins do not inherit it.
    said = line.run("call", "--local", "process_run", "argv=sh", "argv=-c", "argv=echo token=$AMBIT_TOKEN.", "mode=wait").stdout
    assert "token=." in said


def test_an_interrupted_call_over_tls_is_cancelled(line: CommandLine, secured: tuple[HttpServer, list[str]]) -> None:
    server, where = secured
    line.environment["AMBIT_TOKEN"] = TOKEN

    def processes() -> int:
        return int(control.ask(line.folder / f"{server.pid}.sock", "scopes")["gauges"]["processes"])

    program = line.start("call", *where, "process_run", "argv=sleep", "argv=1000", "mode=wait")
    try:
        probes.until(lambda: processes() == 1, 20, "the program runs")
        program.send_signal(signal.SIGINT)
        assert program.wait(within(10)) == 130
        probes.until(lambda: processes() == 0, 10, "the program has ended with the call")
    finally:
        program.kill()
        program.communicate()


def test_what_keeps_from_a_server_by_http_is_said(line: CommandLine, secured: tuple[HttpServer, list[str]], tmp_path: Path) -> None:
    server, where = secured
    authority = f"127.0.0.1:{server.port}"

    def refused(*options: str, token: str | None = None) -> str:
        line.environment.pop("AMBIT_TOKEN", None)
        if token is not None:
            line.environment["AMBIT_TOKEN"] = token
        said = line.run("tools", *options, status=1).stderr
        assert said == line.run("scopes", *options, status=1).stderr and said.startswith("ambit: ") and said.count("\n") == 1
        assert token is None or token not in said
        return said

    assert f"{authority} wants a token: set AMBIT_TOKEN, or give --token-file FILE" in refused(*where)
    assert f"{authority} does not take the token: the token is not the one" in refused(*where, token="another-token")
    assert "AMBIT_TOKEN has no bearer token" in refused(*where, token="two words")
    assert "the token can't be read: /nope" in refused(*where, "--token-file", "/nope")
    assert "no authority that is trusted here has signed its certificate" in refused(*where[:2])
    assert "/nope can't be read" in refused(*where[:2], "--ca", "/nope")
    assert "where it speaks TLS, write https://" in refused("--url", f"http://{authority}")
    assert "for everybody to read; name the server with https://" in refused("--url", "http://192.0.2.1:1", token=TOKEN)
    with HttpServer(environment=control.environment(tmp_path / "plain")) as plain:
        assert "it does not speak TLS; write http://" in refused("--url", f"https://127.0.0.1:{plain.port}")


def test_a_certificate_for_another_name_is_not_taken(line: CommandLine, tmp_path: Path) -> None:
    files = Certificates(tmp_path)
    with HttpServer(*files.flags, "--host", "0.0.0.0", "--insecure-bind") as server:
        said = line.run("tools", "--url", f"https://127.0.0.2:{server.port}", "--ca", str(files.chain), status=1).stderr
        assert "its certificate is for another name" in said


def test_what_a_token_does_not_allow_is_said(line: CommandLine, tmp_path: Path) -> None:
    key = SigningKey("ES256", "one")
    (tmp_path / "keys").write_text(key_set(key))
    access = ("--auth-issuer", ISSUER, "--auth-resource", RESOURCE, "--auth-keys", str(tmp_path / "keys"), "--auth-tool", "process_run=run")
    with HttpServer(*access) as server:
        line.environment["AMBIT_TOKEN"] = key.sign()
        where = ["--url", f"http://127.0.0.1:{server.port}"]
        said = line.run("call", *where, "process_run", "argv=true", status=1).stderr
        assert "does not allow that with this token: Invalid Request: process_run needs a token with the scope run" in said
        assert "does not allow that with this token: auth-operator-scopes" in line.run("scopes", *where, status=1).stderr
