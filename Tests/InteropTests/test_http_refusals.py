"""What the HTTP endpoint refuses, and how: status, JSON-RPC code, headers. A refusal allocates nothing."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from kit import messages, wire
from kit.http_client import PATH, HttpClient
from kit.schema import schema
from kit.server import HttpServer
from kit.settings import LEGACY, LEGACY_VERSIONS, MODERN

DISCOVER = messages.modern("server/discover")


def post(server: HttpServer, message: Any, **changes: str | None) -> wire.Answer:
    """A POST of a message with its right headers, but for the changes (name with _ for -, None leaves one out)."""
    headers: dict[str, str | None] = dict(messages.headers(message) if isinstance(message, dict) else {
        "Content-Type": "application/json", "Accept": messages.ACCEPT})
    for name, value in changes.items():
        wanted = name.replace("_", "-").lower()
        headers = {key: old for key, old in headers.items() if key.lower() != wanted}
        if value is not None:
            headers[wanted] = value
    body = message if isinstance(message, bytes) else messages.encode(message)
    return wire.request(server.port, "POST", PATH, headers, body)


def refused(answer: wire.Answer, status: int, code: int | None = None, id: Any = None) -> dict[str, Any]:
    """Checks status, code, id and schema of a refusal; returns its error."""
    assert answer.status == status, (answer.status, answer.body)
    if code is None:
        return {}
    body = answer.json()
    schema(MODERN).from_server(body, {id: "tools/call"} if id is not None else {})
    assert body["error"]["code"] == code, body
    assert body.get("id") == id, body
    return body["error"]


@pytest.fixture(autouse=True)
def _nothing_is_left(server: HttpServer):
    post(server, DISCOVER)
    baseline = server.settle()
    yield
    server.await_baseline(baseline, 1)


# --- who may ask

@pytest.mark.parametrize("origin", ["http://evil.example", "https://127.0.0.1.evil.example", "null", "http://localhost.evil.example:80"])
def test_foreign_origin_is_403(server: HttpServer, origin: str) -> None:
    refused(post(server, DISCOVER, Origin=origin), 403)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example"])
def test_foreign_host_is_refused(server: HttpServer, host: str) -> None:
    assert post(server, DISCOVER, Host=host).status in (403, 421)


def test_own_origin_and_host_pass(server: HttpServer) -> None:
    for host in (f"127.0.0.1:{server.port}", f"localhost:{server.port}"):
        assert post(server, DISCOVER, Host=host, Origin=f"http://{host}").status == 200


# --- method, path, size, types

@pytest.mark.parametrize("method", ["PUT", "PATCH", "HEAD", "TRACE"])
def test_other_methods_are_405_with_allow(server: HttpServer, method: str) -> None:
    with wire.Connection(server.port) as connection:
        connection.send(method, PATH, {"Connection": "close"})
        head = connection.head()
    assert head.status == 405
    assert "POST" in head.headers["allow"]


def test_other_paths_are_404(server: HttpServer) -> None:
    assert wire.request(server.port, "POST", "/other", messages.headers(DISCOVER), messages.encode(DISCOVER)).status == 404


@pytest.mark.parametrize("page", ["/health", "/metrics", "/debug/scopes?format=json"])
def test_pages_are_read_with_get(server: HttpServer, page: str) -> None:
    assert wire.request(server.port, "GET", page).status == 200
    for method in ("POST", "DELETE"):
        answer = wire.request(server.port, method, page)
        assert answer.status == 405 and answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(("query", "said"), [
    ("format=xml", "format is 'xml'; expected text or json"), ("depth=x", "depth is 'x'; expected a number of levels"),
    ("depth=-1", "depth is '-1'"),
])
def test_a_query_of_the_tree_that_is_none_is_400(server: HttpServer, query: str, said: str) -> None:
    answer = wire.request(server.port, "GET", f"/debug/scopes?{query}")
    assert answer.status == 400 and said in answer.body.decode()


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream", "text/html"])
def test_accept_without_both_types_is_406(server: HttpServer, accept: str) -> None:
    refused(post(server, DISCOVER, Accept=accept), 406)


@pytest.mark.parametrize("accept", ["*/*", "text/event-stream;q=0.5, application/json", "application/*, text/*"])
def test_accept_in_any_form_passes(server: HttpServer, accept: str) -> None:
    assert post(server, DISCOVER, Accept=accept).status == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", None])
def test_other_content_types_are_415(server: HttpServer, kind: str | None) -> None:
    refused(post(server, DISCOVER, Content_Type=kind), 415)


def test_content_type_with_charset_passes(server: HttpServer) -> None:
    assert post(server, DISCOVER, Content_Type="application/json; charset=utf-8").status == 200


def test_declared_oversize_is_413_before_the_body_is_sent(server: HttpServer) -> None:
    with wire.Connection(server.port) as connection:
        connection.send("POST", PATH, {**messages.headers(DISCOVER), "Content-Length": str(1 << 30)})
        assert connection.head().status == 413


# --- JSON-RPC shape

@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"jsonrpc":"2.0",}', b"{} {}"])
def test_unparsable_json_is_32700_without_id(server: HttpServer, body: bytes) -> None:
    refused(post(server, body), 400, -32700)


@pytest.mark.parametrize("message", [
    [], [DISCOVER], "text", 7, {**DISCOVER, "jsonrpc": "1.0"}, {**DISCOVER, "id": None}, {**DISCOVER, "id": 1.5},
    {**DISCOVER, "method": 7}])
def test_wrong_shapes_are_32600(server: HttpServer, message: Any) -> None:
    answer = post(server, message, MCP_Protocol_Version=MODERN)
    assert answer.status == 400
    assert answer.json()["error"]["code"] == -32600
    assert answer.json().get("id", 1) == 1


# --- the modern envelope

def without_meta(key: str) -> dict[str, Any]:
    message = json.loads(json.dumps(DISCOVER))
    del message["params"]["_meta"][key]
    return message


def test_missing_capabilities_are_32602(server: HttpServer) -> None:
    error = refused(post(server, without_meta(messages.CAPABILITIES_KEY)), 400, -32602, 1)
    assert "clientCapabilities" in error["message"]


def test_missing_version_in_meta_is_32602(server: HttpServer) -> None:
    refused(post(server, without_meta(messages.VERSION_KEY), MCP_Protocol_Version=MODERN, Mcp_Method="server/discover"), 400, -32602, 1)


def test_client_info_is_never_required(server: HttpServer) -> None:
    assert post(server, without_meta(messages.CLIENT_INFO_KEY)).status == 200


@pytest.mark.parametrize("changes", [
    {"MCP_Protocol_Version": None}, {"MCP_Protocol_Version": LEGACY}, {"Mcp_Method": None}, {"Mcp_Method": "tools/list"},
    {"Mcp_Method": "SERVER/DISCOVER"}], ids=str)
def test_headers_that_differ_from_the_body_are_32020(server: HttpServer, changes: dict[str, str | None]) -> None:
    refused(post(server, DISCOVER, **changes), 400, -32020, 1)


CALL = messages.modern("tools/call", {"name": "process_list", "arguments": {}}, id="call")


@pytest.mark.parametrize("name", [
    None, "other", "Process_List", "=?base64?cHJvY2Vzc19saXN0", "=?base64?cHJvY2Vzc19s!!!aXN0?=", "=?BASE64?cHJvY2Vzc19saXN0?=",
    "=?base64?cHJvY2Vzc19saXN?="], ids=str)
def test_wrong_names_in_the_header_are_32020(server: HttpServer, name: str | None) -> None:
    refused(post(server, CALL, Mcp_Name=name), 400, -32020, "call")


@pytest.mark.parametrize("name", ["process_list", " \tprocess_list ", "=?base64?cHJvY2Vzc19saXN0?="])
def test_right_names_pass_in_each_encoding(server: HttpServer, name: str) -> None:
    assert post(server, CALL, Mcp_Name=name).status == 200


def test_unknown_version_is_32022_and_names_ours(server: HttpServer) -> None:
    error = refused(post(server, messages.modern("server/discover", version="v999.0.0")), 400, -32022, 1)
    assert error["data"]["requested"] == "v999.0.0"
    discovered = post(server, DISCOVER).json()["result"]["supportedVersions"]
    assert set(error["data"]["supported"]) <= set(discovered)


def test_mismatch_is_found_before_the_unknown_version(server: HttpServer) -> None:
    message = messages.modern("server/discover", version="v999.0.0")
    refused(post(server, message, MCP_Protocol_Version=MODERN), 400, -32020, 1)


@pytest.mark.parametrize("method", ["no/such", "initialize", "ping", "logging/setLevel", "resources/subscribe"])
def test_unknown_and_removed_methods_are_404_with_32601(server: HttpServer, method: str) -> None:
    refused(post(server, messages.modern(method)), 404, -32601, 1)


def test_unknown_tool_is_32602(server: HttpServer) -> None:
    message = messages.modern("tools/call", {"name": "no_such_tool", "arguments": {}})
    answer = post(server, message)
    refused(answer, 200, -32602, 1)


def test_bad_log_level_is_32602(server: HttpServer) -> None:
    answer = post(server, messages.modern("server/discover", log_level="loud"))
    refused(answer, answer.status, -32602, 1)
    assert answer.status in (200, 400)


# --- the modern era has no sessions

def test_modern_ignores_a_session_header_and_mints_none(server: HttpServer) -> None:
    answer = post(server, DISCOVER, Mcp_Session_Id="whatever")
    assert answer.status == 200
    assert "mcp-session-id" not in answer.headers
    result = answer.json()["result"]
    assert result["resultType"] == "complete" and MODERN in result["supportedVersions"]
    assert result["_meta"][messages.SERVER_INFO_KEY]["name"]


# --- sessions of the legacy era

def test_sessionless_legacy_requests_are_400(server: HttpServer) -> None:
    message = messages.legacy("tools/list")
    assert post(server, message).status == 400
    assert post(server, message, MCP_Protocol_Version=LEGACY).status == 400
    assert wire.request(server.port, "GET", PATH, {"Accept": "text/event-stream"}).status in (400, 404, 405)
    assert wire.request(server.port, "DELETE", PATH).status in (400, 404, 405)


def test_unknown_session_is_404(server: HttpServer) -> None:
    for method in ("POST", "GET", "DELETE"):
        headers = {"Content-Type": "application/json", "Accept": messages.ACCEPT, "Mcp-Session-Id": "0123456789abcdef",
                   "MCP-Protocol-Version": LEGACY}
        body = messages.encode(messages.legacy("tools/list")) if method == "POST" else None
        assert wire.request(server.port, method, PATH, headers, body).status == 404, method


@pytest.mark.parametrize("version", LEGACY_VERSIONS)
def test_session_of_each_legacy_version(server: HttpServer, version: str) -> None:
    client = HttpClient(server.port, "legacy", version)
    try:
        assert client.initialized["protocolVersion"] == version
        assert client.session.isascii() and all(0x21 <= ord(c) <= 0x7E for c in client.session)
        assert {tool["name"] for tool in client.request("tools/list")["tools"]} >= {"process_run", "logs_follow"}
        assert client.request("ping") == {}
        assert "resultType" not in client.request("tools/list")
        client.log_level = None
        with client.tool_stream("process_run", argv=["seq", "1", "3"], mode="stream") as run:
            run.drain()
    finally:
        assert client.end_session().status in (200, 202, 204)
    assert client.post(messages.legacy("ping")).status == 404


def test_initialize_with_an_unknown_version_gets_our_newest_legacy_one(server: HttpServer) -> None:
    answer = post(server, messages.initialize("1999-01-01"))
    assert answer.status == 200
    body = answer.json()
    assert body["result"]["protocolVersion"] == LEGACY
    wire.request(server.port, "DELETE", PATH, {"Mcp-Session-Id": answer.headers["mcp-session-id"]})


def test_session_with_an_unsupported_version_header_is_400(server: HttpServer) -> None:
    client = HttpClient(server.port, "legacy")
    try:
        assert client.post(messages.legacy("tools/list"), version="1999-01-01").status == 400
        assert client.request("ping") == {}
    finally:
        client.end_session()


def test_second_initialize_in_a_session_is_refused(server: HttpServer) -> None:
    client = HttpClient(server.port, "legacy")
    try:
        answer = client.post(messages.initialize(id=99))
        body = answer.json()
        assert body["error"]["code"] == -32600 and body["id"] == 99
    finally:
        client.end_session()


def test_legacy_errors_stay_in_the_legacy_range(server: HttpServer) -> None:
    """A client that probes must not take a legacy session for a modern server."""
    client = HttpClient(server.port, "legacy")
    try:
        answer = client.post(messages.legacy("no/such", id=5))
        assert (answer.status, answer.json()["error"]["code"]) == (200, -32601)
    finally:
        client.end_session()


def test_keep_alive_connection_serves_both_eras(server: HttpServer) -> None:
    """The era belongs to the request, not to the connection."""
    with wire.Connection(server.port) as connection:
        connection.send("POST", PATH, messages.headers(DISCOVER), messages.encode(DISCOVER))
        assert connection.answer().status == 200
        start = messages.initialize()
        connection.send("POST", PATH, messages.headers(start), messages.encode(start))
        first = connection.answer()
        assert first.status == 200
        connection.send("POST", PATH, messages.headers(DISCOVER), messages.encode(DISCOVER))
        assert connection.answer().json()["result"]["resultType"] == "complete"
        connection.send("DELETE", PATH, {"Mcp-Session-Id": first.headers["mcp-session-id"]})
        assert connection.answer().status in (200, 202, 204)


def test_large_requests_that_follow_each_other_are_all_answered(server: HttpServer) -> None:
    """A client that sends on while it is answered: what one read brings is no reason to end its connection."""
    requests = [messages.modern("tools/list", {"padding": "x" * 20_000}, id=number) for number in range(60)]
    with wire.Connection(server.port) as connection:
        def send() -> None:
            for message in requests:
                connection.send("POST", "/mcp", messages.headers(message), messages.encode(message))

        sender = threading.Thread(target=send)
        sender.start()
        assert [connection.answer().json()["id"] for _ in requests] == list(range(60))
        sender.join()
