"""Flags, variables and the file from outside: which one wins, what is refused, and that secrets stay secret."""

import hashlib
import http.client
import json
import os
import subprocess
from pathlib import Path

import pytest
from kit.certificates import Certificates
from kit.http_client import HttpClient
from kit.server import HttpServer, binary
from kit.settings import REPOSITORY, within


def ambit(*arguments: str, status: int = 0, **environment: str) -> str:
    done = subprocess.run(
        [binary(), *arguments], capture_output=True, text=True, timeout=within(30), stdin=subprocess.DEVNULL,
        env={**os.environ, **environment})
    assert done.returncode == status, f"{arguments} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str, mode: int = 0o600) -> str:
        path = tmp_path / "ambit.yaml"
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    return write


def settings(*arguments: str, **environment: str) -> dict[str, tuple[object, str]]:
    report = json.loads(ambit("config", "check", "--json", *arguments, **environment))
    assert report["ok"] and not report["problems"]
    return {setting["name"]: (setting["value"], setting["source"]) for setting in report["settings"]}


def test_flag_then_variable_then_file_then_default(write) -> None:
    path = write("port: 1001\nmax-calls: 11\nmax-body: 1MiB\n")
    found = settings("--config", path, "--port", "1003", AMBIT_PORT="1002", AMBIT_MAX_CALLS="12")
    assert found["port"] == (1003, "--port")
    assert found["max-calls"] == (12, "AMBIT_MAX_CALLS")
    assert found["max-body"] == ("1MiB", f"{path}:3")
    assert found["max-streams"] == (1024, "default")


# Lists: the flag gives one element.
PLURALS = {"allowed-hosts", "allowed-origins", "auth-servers", "auth-algorithms", "auth-scopes", "auth-tools", "auth-operator-scopes"}


def test_every_setting_is_a_flag_with_its_variable_in_the_help() -> None:
    said = " ".join(ambit("serve", "--help").split())
    for name in settings():
        flag = "auth-implies" if name == "auth-implied" else name[:-1] if name in PLURALS else name
        assert f"--{flag}" in said and f"[AMBIT_{name.upper().replace('-', '_')}]" in said


def test_the_server_takes_its_limits_from_the_file(write) -> None:
    path = write("max-body: 1KiB\nsession-idle: 1h\n")
    with HttpServer("--config", path) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=within(5))
        connection.request("POST", "/mcp", b" " * 2000, {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"})
        assert connection.getresponse().status == 413
        connection.close()


@pytest.mark.parametrize("command", [("serve",), ("stdio",), ("tools",), ("config", "check")])
def test_what_is_wrong_is_said_all_at_once_and_nothing_starts(write, command) -> None:
    path = write("sesion-idle: 5m\nmax-body: lots\nplugins:\n  lgos:\n")
    said = ambit(*command, "--config", path, status=1)
    assert f"unknown key 'sesion-idle' at {path}:1; did you mean 'session-idle'?" in said
    assert f"'plugins.lgos' at {path}:4" in said
    assert command == ("tools",) or f"'max-body' ({path}:2) is 'lots'; expected a size like 64KiB" in said


def test_a_file_that_others_may_change_is_refused(write) -> None:
    path = write("port: 1\n", 0o666)
    assert f"{path}: others may write to {path}, and so change what is loaded" in ambit("serve", "--config", path, status=1)


def test_a_file_in_the_current_folder_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "ambit.yaml").write_text("nonsense: 1\n")
    done = subprocess.run(
        [binary(), "config", "check"], cwd=tmp_path, capture_output=True, text=True, timeout=within(30),
        env={**{key: value for key, value in os.environ.items() if key != "AMBIT_CONFIG"}, "XDG_CONFIG_HOME": str(tmp_path / "none")})
    assert done.returncode == 0 and "nonsense" not in done.stdout + done.stderr


def test_a_mistyped_variable_is_a_warning() -> None:
    assert "warning: unknown variable AMBIT_SESION_IDLE; did you mean AMBIT_SESSION_IDLE?" in ambit("tools", AMBIT_SESION_IDLE="1s")


def test_what_init_writes_checks_and_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "deep/ambit.yaml"
    ambit("config", "init", str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    assert all(source == "default" for _, source in settings("--config", str(path)).values())
    assert "it is there already" in ambit("config", "init", str(path), status=1)
    assert ambit("config", "init", "-") == path.read_text()


def test_plugins_are_loaded_as_the_file_says(write) -> None:
    clock = Path(binary()).with_name("libClock.so")
    path = write(f"plugins:\n  logs: {{enabled: false}}\n  clock: {{path: {clock}}}\n")
    said = ambit("tools", "--config", path)
    assert "clock_tick" in said and "process_run" not in said


def test_check_looks_at_the_plugins(write, tmp_path: Path) -> None:
    source = (REPOSITORY / "Plugins/Examples/c/clock.c").read_text()
    schema = json.dumps(json.dumps({"type": "object", "properties": {"zone": {"type": "string"}}, "additionalProperties": False}))
    library = tmp_path / "libclock-c.so"
    subprocess.run(
        ["cc", "-std=c11", "-fPIC", "-shared", "-I", str(REPOSITORY / "Sources/CAmbit/include"), "-x", "c", "-", "-o", str(library)],
        input=source.replace(".create = create,", f".config_schema = TEXT({schema}), .create = create,"), text=True, check=True)
    pin = "sha256:" + hashlib.sha256(library.read_bytes()).hexdigest()

    def section(name: str = "clock-c", **more: object) -> str:
        return write(json.dumps({"plugins": {name: {"path": str(library), **more}}}))

    assert "libclock-c.so" in ambit("config", "check", "--config", section(pin=pin, config={"zone": "UTC"}))
    for make, said in [
        (lambda: section(pin="sha256:" + "0" * 64), f"its hash is {pin}, but sha256:{'0' * 64} is pinned"),
        (lambda: section("other"), "its name is 'clock-c', the configuration calls it 'other'"),
        (lambda: section(config={"zone": 5}), "its configuration is wrong"),
        (lambda: write("plugins: {gone: {path: /nonexistent/libgone.so}}"), "there is no such file"),
    ]:
        assert said in ambit("config", "check", "--config", make(), status=1)


def test_secrets_reach_nobody_but_the_plugin(write, tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("open-sesame\n")
    clock = Path(binary()).with_name("libClock.so")
    path = write(f"plugins:\n  clock:\n    path: {clock}\n    config: {{url: 'x/${{file:{secret}}}', from: '${{env:AMBIT_TEST_KEY}}'}}\n")
    for arguments in ((), ("--json",)):
        said = ambit("config", "check", "--config", path, *arguments, AMBIT_TEST_KEY="shibboleth")
        assert "open-sesame" not in said and "shibboleth" not in said and '"url":"****"' in said
    said = ambit("serve", "--config", path, status=1)
    assert f"'plugins.clock.config.from' at {path}:4 needs ${{env:AMBIT_TEST_KEY}}: the variable AMBIT_TEST_KEY is not set" in said
    # The label of the process has its name in it.
    with HttpServer("--config", path, environment={"AMBIT_TEST_KEY": "shibboleth"}) as server:
        client = HttpClient(server.port, "legacy")
        client.request("tools/call", {"name": "process_run", "arguments": {"argv": ["sleep", "30"], "name": "by-shibboleth"}})
        tree = ambit("scopes", "--url", f"http://127.0.0.1:{server.port}")
        assert "shibboleth" not in tree, tree
        assert "shibboleth" not in server.log()


def test_two_plugins_of_one_name_are_found_without_starting(tmp_path: Path) -> None:
    """Two files that say the same name: what loading would refuse, the check refuses."""
    shipped = Path(binary()).parent / "libLogs.so"
    other = tmp_path / "libOther.so"
    other.write_bytes(shipped.read_bytes())
    said = ambit("config", "check", "--config", "none", "--plugin", str(other), status=1)
    assert "the plugin name 'logs' is taken by" in said and str(other) in said, said


def test_check_looks_at_the_certificates(write, tmp_path: Path) -> None:
    files = Certificates(tmp_path)
    text = "tls-certificate: {}\ntls-key: {}\n"
    ambit("config", "check", "--config", write(text.format(files.chain, files.key)))
    said = ambit("config", "check", "--config", write(text.format(files.key, files.chain)), status=1)
    assert str(files.key) in said
    path = write(text.format("/nope", files.key))
    for command in (("config", "check"), ("serve",)):
        said = ambit(*command, "--config", path, status=1)
        assert f"'tls-certificate' ({path}:1) is no good: the certificates in /nope can't be read" in said
    path = write(text.format(files.chain, files.chain))
    assert f"'tls-key' ({path}:2) is no good: the key in" in ambit("config", "check", "--config", path, status=1)


def test_check_looks_at_the_keys_of_tokens(write, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    path = write(f"auth-issuer: https://as.example\nauth-keys: {keys}\nauth-keys-ca: {tmp_path}/ca.pem\n")
    said = ambit("config", "check", "--config", path, status=1)
    assert f"'auth-keys' ({path}:2) is no good: {keys}: No such file" in said
    assert f"'auth-keys-ca' ({path}:3) is no good: {tmp_path}/ca.pem can't be read" in said
    keys.write_text("{}")
    assert "is no JSON Web Key Set" in ambit("config", "check", "--config", path, status=1)


def test_stdio_says_what_it_has_no_use_for(write) -> None:
    path = write("port: 1\n")
    said = ambit("stdio", "--config", path, "--log-level", "info", AMBIT_AUTH_TOKEN="0123456789abcdef")
    assert "warning: AMBIT_AUTH_TOKEN has no effect: 'auth-token' concerns HTTP" in said
    assert f"{path}: of no use for `ambit stdio`, which does not speak HTTP: port" in said
    assert "of no use" not in ambit("stdio", "--config", path)
