"""The server as a protected resource: who may ask, and what is said to those who may not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from kit import messages, sdk, wire
from kit.issuer import ISSUER, METADATA, RESOURCE, KeyServer, SigningKey, challenge, key_set, part, post
from kit.server import HttpServer, ServerProcess
from kit.settings import LEGACY, within

TOKEN = "a-static.token_of~24+bytes"
LIST = messages.modern("tools/list")
KEY = SigningKey("ES256", "one")


def call(tool: str, **arguments: object) -> dict:
    return messages.modern("tools/call", {"name": tool, "arguments": arguments})


def accepting(*arguments: str) -> list[str]:
    return ["--auth-issuer", ISSUER, "--auth-resource", RESOURCE, *arguments]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpServer]:
    """One server that knows one key, with scopes."""
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    file.write_text(key_set(KEY))
    with HttpServer(*accepting(
            "--auth-keys", str(file), "--auth-scope", "mcp:use", "--auth-tool", "process_*=process:read",
            "--auth-tool", "process_run=process:run", "--auth-implies", "admin=mcp:use process:read process:run",
            "--auth-operator-scope", "ops", "--auth-leeway", "0s")) as running:
        yield running


def good(**claims: object) -> str:
    return KEY.sign(**{"scope": "mcp:use process:read", **claims})


# --- a static token


def test_a_static_token_opens_everything_and_is_never_said() -> None:
    with HttpServer(environment={"AMBIT_AUTH_TOKEN": TOKEN}) as server:
        assert post(server.port, LIST, TOKEN).status == 200
        answer = post(server.port, LIST)
        assert answer.status == 401 and answer.headers["www-authenticate"] == 'Bearer realm="ambit"'
        for wrong in (TOKEN[:-1], TOKEN + "x", "x" * len(TOKEN)):
            answer = post(server.port, LIST, wrong)
            assert answer.status == 401 and challenge(answer)["error"] == "invalid_token"
        assert wire.request(server.port, "GET", "/health").status == 200
        for page in ("/metrics", "/debug/scopes"):
            assert wire.request(server.port, "GET", page).status == 401
            assert wire.request(server.port, "GET", page, {"Authorization": f"Bearer {TOKEN}"}).status == 200
        assert wire.request(server.port, "GET", "/.well-known/oauth-protected-resource").status == 404
        # Nor do programs that plugins start inherit it.
        answer = post(server.port, call("process_run", argv=["env"], mode="wait"), TOKEN)
        assert "AMBIT_TEST_MARK" in answer.body.decode() and TOKEN not in answer.body.decode()
        assert TOKEN not in server.log()


def test_a_token_comes_from_the_header_alone(guarded: HttpServer) -> None:
    answer = wire.request(
        guarded.port, "POST", f"/mcp?access_token={good()}", messages.headers(LIST), messages.encode(LIST))
    assert answer.status == 401 and "error" not in challenge(answer)


# --- 401


def test_without_a_token_the_challenge_says_where_to_get_one(guarded: HttpServer) -> None:
    for method in ("POST", "GET", "DELETE"):
        answer = wire.request(guarded.port, method, "/mcp", {"Accept": messages.ACCEPT})
        assert answer.status == 401
        assert challenge(answer) == {"scope": "mcp:use", "resource_metadata": METADATA}


@pytest.mark.parametrize(("why", "token"), [
    ("expired", lambda: good(exp=int(time.time()) - 5)),
    ("not valid yet", lambda: good(nbf=int(time.time()) + 600)),
    ("not for this server", lambda: good(aud="https://other.example/mcp")),
    ("not for this server", lambda: good(aud=None)),
    ("another issuer", lambda: good(iss="https://evil.example")),
    ("no expiry", lambda: good(exp=None)),
    ("no subject", lambda: good(sub=None)),
    ("algorithm", lambda: f"{part({'alg': 'none'})}.{part({'iss': ISSUER})}."),
    ("algorithm", lambda: f"{part({'alg': 'HS256', 'kid': 'one'})}.{part({'iss': ISSUER})}.AAAA"),
    ("signature", lambda: good()[:-6] + "AAAAAA"),
    ("does not name", lambda: SigningKey("ES256", "two").sign()),
    ("signature", lambda: SigningKey("ES256", "one").sign()),
    ("not a signed JWT", lambda: "gibberish"),
    ("extension", lambda: good(headers={"crit": ["x"], "x": 1})),
    ("another type", lambda: good(headers={"typ": "dpop+jwt"})),
])
def test_a_bad_token_is_refused_with_the_reason(guarded: HttpServer, why: str, token) -> None:
    answer = post(guarded.port, LIST, token())
    said = challenge(answer)
    assert answer.status == 401 and said["error"] == "invalid_token" and why in said["error_description"]
    assert said["resource_metadata"] == METADATA and said["scope"] == "mcp:use"


def test_malformed_authorization_is_400(guarded: HttpServer) -> None:
    for value in ("Bearer", "Bearer a b", 'Bearer "quoted"', "Bearer é"):
        answer = wire.request(
            guarded.port, "POST", "/mcp", {**messages.headers(LIST), "Authorization": value}, messages.encode(LIST))
        assert answer.status == 400 and challenge(answer)["error"] == "invalid_request", value


def test_nothing_of_the_body_is_looked_at_before_the_token(guarded: HttpServer) -> None:
    for body in (b"not json", b"[" * 100_000):
        answer = wire.request(guarded.port, "POST", "/mcp", messages.headers(LIST), body)
        assert answer.status == 401
    # A token does not help a page that may not ask at all.
    answer = post(guarded.port, LIST, good(), Origin="https://evil.example")
    assert answer.status == 403 and "www-authenticate" not in answer.headers


# --- 200


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"])
def test_every_asymmetric_algorithm_is_known(algorithm: str, tmp_path: Path) -> None:
    key = SigningKey(algorithm, None)
    file = tmp_path / "keys.json"
    file.write_text(key_set(SigningKey("ES256", "other"), key))
    with HttpServer(*accepting("--auth-keys", str(file))) as server:
        assert post(server.port, LIST, key.sign()).status == 200
        assert post(server.port, LIST, key.sign()[:-8] + "AAAAAAAA").status == 401


def test_algorithms_can_be_narrowed(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(key_set(KEY))
    with HttpServer(*accepting("--auth-keys", str(file), "--auth-algorithm", "RS256")) as server:
        assert "algorithm" in challenge(post(server.port, LIST, KEY.sign()))["error_description"]


def test_the_name_that_clients_know_is_a_name_of_the_server(guarded: HttpServer) -> None:
    assert post(guarded.port, LIST, good(), Host="tools.example").status == 200
    assert post(guarded.port, LIST, good(), Host="other.example").status == 421


def test_audiences_are_compared_in_canonical_form(guarded: HttpServer) -> None:
    for audience in ("HTTPS://Tools.Example/mcp", ["https://x.example", RESOURCE + "/"], "https://tools.example:443/mcp"):
        assert post(guarded.port, LIST, good(aud=audience)).status == 200


# --- 403


def test_what_is_missing_is_named_whole(guarded: HttpServer) -> None:
    answer = post(guarded.port, LIST, KEY.sign(scope="other"))
    assert answer.status == 403
    assert challenge(answer)["error"] == "insufficient_scope" and challenge(answer)["scope"] == "mcp:use"
    run = call("process_run", argv=["true"])
    answer = post(guarded.port, run, good())
    said = challenge(answer)
    assert answer.status == 403 and said["error"] == "insufficient_scope"
    assert said["scope"] == "mcp:use process:read process:run" and said["resource_metadata"] == METADATA
    assert answer.json()["id"] == run["id"] and "process:run" in answer.json()["error"]["message"]
    assert post(guarded.port, call("process_list"), good()).status == 200
    assert post(guarded.port, run, KEY.sign(scope="admin")).status == 200
    assert post(guarded.port, run, KEY.sign(scp=["mcp:use", "process:read", "process:run"])).status == 200


def test_pages_of_operators_need_their_scope(guarded: HttpServer) -> None:
    for page in ("/metrics", "/debug/scopes"):
        def ask(token: str) -> int:
            return wire.request(guarded.port, "GET", page, {"Authorization": f"Bearer {token}"}).status
        assert ask(good()) == 403
        assert ask(good(scope="mcp:use ops")) == 200
    assert wire.request(guarded.port, "GET", "/health").status == 200


def test_metadata_is_open_to_everybody(guarded: HttpServer) -> None:
    for path in ("/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"):
        answer = wire.request(guarded.port, "GET", path)
        assert answer.status == 200 and answer.content_type == "application/json"
        assert answer.json() == {
            "resource": RESOURCE, "authorization_servers": [ISSUER], "scopes_supported": ["mcp:use"],
            "bearer_methods_supported": ["header"], "resource_name": "Ambit"}
    assert wire.request(guarded.port, "GET", "/.well-known/oauth-authorization-server").status == 404


# --- whose things are whose


def initialize(port: int, token: str) -> str:
    answer = post(port, messages.initialize(), token)
    assert answer.status == 200
    return answer.headers["mcp-session-id"]


def test_a_session_is_its_principals_alone(guarded: HttpServer) -> None:
    ada, bob = good(), good(sub="bob")
    session = initialize(guarded.port, ada)
    ask = messages.legacy("tools/list")

    def status(token: str) -> int:
        return post(guarded.port, ask, token, session, LEGACY).status

    assert status(ada) == 200
    assert status(good(jti="another token of the same subject")) == 200
    assert status(bob) == 404
    named = {"Mcp-Session-Id": session, "MCP-Protocol-Version": LEGACY, "Accept": "text/event-stream"}
    for method in ("GET", "DELETE"):
        assert wire.request(guarded.port, method, "/mcp", {**named, "Authorization": f"Bearer {bob}"}).status == 404
    assert status(ada) == 200
    assert wire.request(guarded.port, "DELETE", "/mcp", {**named, "Authorization": f"Bearer {ada}"}).status == 204
    assert status(ada) == 404


def test_a_handle_is_its_principals_alone(guarded: HttpServer) -> None:
    def run(token: str, **arguments: object) -> dict:
        answer = post(guarded.port, call("process_run", **arguments), token)
        assert answer.status == 200, answer.body
        return answer.json()["result"]

    ada, bob = (KEY.sign(scope="admin", sub=name) for name in ("ada", "bob"))
    first = run(ada, argv=["sleep", "1000"])
    assert not first.get("isError"), first
    handle = first["structuredContent"]["session"]

    def listed(token: str) -> dict:
        return post(guarded.port, call("process_list", session=handle), token).json()["result"]

    assert not listed(ada).get("isError"), listed(ada)
    assert listed(bob)["isError"]


def test_a_stream_ends_with_its_token(guarded: HttpServer) -> None:
    session = initialize(guarded.port, good())
    short = good(exp=int(time.time()) + 3)
    with wire.Connection(guarded.port, patience=30) as connection:
        connection.send("GET", "/mcp", {
            "Accept": "text/event-stream", "Mcp-Session-Id": session, "MCP-Protocol-Version": LEGACY,
            "Authorization": f"Bearer {short}"})
        head = connection.head()
        assert head.status == 200
        assert connection.said(head) == [] and connection.ended_properly
    # The session lives on: it belongs to the principal, not to the token.
    assert post(guarded.port, messages.legacy("tools/list"), good(), session, LEGACY).status == 200
    assert post(guarded.port, LIST, short).status == 401


def test_a_listen_ends_with_its_token(guarded: HttpServer) -> None:
    message = messages.modern("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
    with wire.Connection(guarded.port, patience=30) as connection:
        connection.send("POST", "/mcp", {
            **messages.headers(message), "Authorization": f"Bearer {good(exp=int(time.time()) + 3)}"}, messages.encode(message))
        head = connection.head()
        assert head.status == 200
        events = [json.loads(event["data"])["method"] for event in connection.events(head) if event.get("data")]
        assert events == ["notifications/subscriptions/acknowledged"] and connection.ended_properly


# --- keys by HTTP


def test_keys_are_fetched_once_and_again_when_they_rotate() -> None:
    old, new = SigningKey("RS256", "old"), SigningKey("ES256", "new")
    with KeyServer(old) as keys, HttpServer(*accepting("--auth-keys", keys.url, "--auth-keys-interval", "100ms")) as server:
        for _ in range(5):
            assert post(server.port, LIST, old.sign()).status == 200
        assert keys.asked == 1
        keys.keys = [new]
        deadline = time.monotonic() + within(10)
        while (answer := post(server.port, LIST, new.sign())).status != 200 and time.monotonic() < deadline:
            continue
        assert answer.status == 200 and keys.asked == 2
        # What the old key had signed is not good any more, although it was seen before.
        assert post(server.port, LIST, old.sign()).status == 401


def test_keys_that_are_taken_back_end_what_they_had_opened() -> None:
    """Also for a token that was seen before and is used all the time: nobody brings another one that would fetch them again."""
    old, new = SigningKey("RS256", "old"), SigningKey("ES256", "new")
    with KeyServer(old) as keys, HttpServer(*accepting(
            "--auth-keys", keys.url, "--auth-keys-interval", "100ms", "--auth-keys-refresh", "1s", "--auth-keys-stale", "2s")) as server:
        token, other = old.sign(), new.sign()
        assert post(server.port, LIST, token).status == 200

        def until(status: int, token: str) -> None:
            deadline = time.monotonic() + within(10)
            while (answer := post(server.port, LIST, token)).status != status and time.monotonic() < deadline:
                time.sleep(0.05)
            assert answer.status == status

        keys.keys = [new]
        until(401, token)
        until(200, other)
        keys.status = 500
        until(503, other)


def test_unknown_keys_make_no_flood_of_fetches() -> None:
    known = SigningKey("ES256", "known")
    with KeyServer(known) as keys, HttpServer(*accepting("--auth-keys", keys.url, "--auth-keys-interval", "1h")) as server:
        assert post(server.port, LIST, known.sign()).status == 200
        for number in range(20):
            assert post(server.port, LIST, known.sign(headers={"kid": f"unknown-{number}"})).status == 401
        assert keys.asked == 1


def test_a_slow_issuer_holds_nobody_up_but_those_who_wait_for_it() -> None:
    key = SigningKey("ES256", "known")
    with KeyServer(key) as keys:
        keys.held.clear()
        with HttpServer(*accepting("--auth-keys", keys.url)) as server:
            waiting = [wire.Connection(server.port, patience=30) for _ in range(8)]
            for connection in waiting:
                connection.send(
                    "POST", "/mcp", {**messages.headers(LIST), "Authorization": f"Bearer {key.sign()}"}, messages.encode(LIST))
            # The event loops are free meanwhile.
            for _ in range(20):
                assert wire.request(server.port, "GET", "/health").status == 200
            waiting.pop().vanish()
            keys.held.set()
            assert [connection.answer().status for connection in waiting] == [200] * len(waiting)
            for connection in waiting:
                connection.close()
        assert keys.asked == 1


def test_a_stop_does_not_wait_for_a_slow_issuer() -> None:
    with KeyServer(KEY) as keys:
        keys.held.clear()
        with HttpServer(*accepting("--auth-keys", keys.url)) as server:
            assert server.terminate(5) == 0
        keys.held.set()


def test_without_keys_the_answer_is_try_again() -> None:
    with KeyServer(KEY) as keys:
        keys.status = 500
        with HttpServer(*accepting("--auth-keys", keys.url, "--auth-keys-interval", "1h")) as server:
            server.wait_for_line("keys that tokens are checked with can't be read")
            answer = post(server.port, LIST, KEY.sign())
            assert answer.status == 503 and answer.headers["retry-after"] == "10"


# --- starting


@pytest.mark.parametrize(("arguments", "said"), [
    (["--host", "0.0.0.0"], "needs TLS .* and authentication .*--insecure-bind"),
    (["--host", "0.0.0.0", "--auth-token", TOKEN], "needs TLS "),
    (["--auth-token", "short"], "at least 16"),
    (["--auth-issuer", ISSUER], r"'auth-issuer' \(--auth-issuer\) needs 'auth-keys'"),
    (["--auth-issuer", ISSUER, "--auth-keys", "http://keys.example/"], "expected an https URL"),
    (["--auth-issuer", ISSUER, "--auth-keys", "/k", "--auth-algorithm", "HS256"], "'HS256', which is none of"),
    (["--auth-issuer", ISSUER, "--auth-keys", "/k", "--port", "0"], "needs 'auth-resource'"),
    (["--auth-token", TOKEN, "--auth-tool", "nothing"], "'nothing'; expected something like"),
    (["--auth-token", TOKEN, "--auth-operator-scope", "ops"], r"'auth-operator-scopes' \(--auth-operator-scope\) needs 'auth-issuer'"),
    (["--tls-key", "/k"], r"'tls-key' \(--tls-key\) needs 'tls-certificate'"),
])
def test_what_can_not_be_is_said_at_start(arguments: list[str], said: str) -> None:
    with ServerProcess(["serve", *arguments]) as process:
        assert process.wait(10) == 1
        line = process.wait_for_line(said).string
        assert TOKEN not in line


def test_the_configuration_shows_no_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n")
    file = tmp_path / "ambit.yaml"
    file.write_text(
        f"auth-token: ${{file:{tmp_path}/token}}\nauth-issuer: {ISSUER}\nauth-keys: {tmp_path}/keys\nauth-resource: {RESOURCE}\n"
        "auth-tools:\n  process_run: [process:run, process:read]\n  logs_*: logs:read\n")
    (tmp_path / "keys").write_text(key_set(KEY))
    with ServerProcess(["config", "check", "--config", str(file), "--json"]) as process:
        shown = json.loads(process.process.stdout.read())
        assert process.wait(10) == 0
    settings = {setting["name"]: setting["value"] for setting in shown["settings"]}
    assert settings["auth-token"] == "****" and TOKEN not in json.dumps(shown)
    assert settings["auth-tools"] == ["process_run=process:run process:read", "logs_*=logs:read"]
    with HttpServer("--config", str(file)) as server:
        assert post(server.port, LIST, TOKEN).status == 200


def test_an_entry_that_protects_no_tool_is_told(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(key_set(KEY))
    tools = ("--auth-tool", "proces_run=a", "--auth-tool", "logs_*=b")
    with HttpServer(*accepting("--auth-keys", str(tmp_path / "keys"), *tools)) as server:
        server.wait_for_line("no tool has the name of an entry of auth-tools entry=proces_run near=process_run")
        assert "entry=logs" not in server.log()


def test_who_is_turned_away_is_in_the_log_without_a_credential(guarded: HttpServer) -> None:
    token = good(scope="other")
    assert post(guarded.port, LIST, token).status == 403
    guarded.wait_for_line(r"info +request refused from=127\.0\.0\.1:\d+ method=POST path=/mcp status=403 why=\"this server needs a token")
    run = messages.modern("tools/call", {"name": "process_run", "arguments": {"argv": ["true"]}})
    assert post(guarded.port, run, good()).status == 403
    guarded.wait_for_line(r"request refused from=\S+ principal=\"\S+ ada\" status=403 tool=process_run why=")
    assert token not in guarded.log()


# --- the official client


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_the_official_client_with_a_token(guarded: HttpServer, era: str) -> None:
    async def story() -> None:
        headers = {"Authorization": f"Bearer {KEY.sign(scope='admin')}"}
        async with httpx2.AsyncClient(headers=headers) as http:
            async with Client(streamable_http_client(guarded.url, http_client=http), mode=sdk.MODES[era]) as client:
                assert "process_run" in {tool.name for tool in (await client.list_tools()).tools}
                result = await client.call_tool("process_run", {"argv": ["echo", "hello"], "mode": "wait"})
                assert not result.is_error and "hello" in result.content[0].text

    sdk.play(story)
