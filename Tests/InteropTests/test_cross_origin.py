"""CORS: only for pages that are listed, and never in place of the check of Origin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit import messages, wire
from kit.http_client import HttpClient
from kit.issuer import post
from kit.server import HttpServer
from kit.settings import LEGACY

PAGE = "https://app.example"
TOKEN = "a-static.token_of~24+bytes"
LIST = messages.modern("tools/list")
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,mcp-param-City, x-other"}


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    with HttpServer("--allowed-origin", PAGE, "--auth-token", TOKEN) as running:
        yield running


def cors(answer: wire.Head) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def test_a_preflight_of_a_listed_page_needs_no_token(server: HttpServer) -> None:
    answer = wire.request(server.port, "OPTIONS", "/mcp", {"Origin": PAGE, **PREFLIGHT})
    assert answer.status == 204 and answer.body == b"" and answer.headers["vary"] == "Origin"
    found = cors(answer)
    assert found["access-control-allow-origin"] == PAGE
    assert found["access-control-allow-methods"] == "GET, POST, DELETE"
    assert found["access-control-max-age"] == "600"
    allowed = found["access-control-allow-headers"].split(", ")
    assert {"Content-Type", "Accept", "Authorization", "Mcp-Session-Id", "MCP-Protocol-Version", "Last-Event-ID", "Mcp-Method",
            "Mcp-Name", "mcp-param-City"} == set(allowed)


def test_every_answer_can_be_read_by_the_page(server: HttpServer) -> None:
    for answer, status in (
            (post(server.port, LIST, TOKEN, Origin=PAGE), 200), (post(server.port, LIST, Origin=PAGE), 401),
            (wire.request(server.port, "GET", "/health", {"Origin": PAGE}), 200),
            (wire.request(server.port, "PUT", "/mcp", {"Origin": PAGE, "Authorization": f"Bearer {TOKEN}"}), 405)):
        assert answer.status == status
        assert cors(answer) == {
            "access-control-allow-origin": PAGE,
            "access-control-expose-headers": "Mcp-Session-Id, WWW-Authenticate, MCP-Protocol-Version"}
        assert answer.headers["vary"] == "Origin"


def test_a_stream_can_be_read_by_the_page() -> None:
    with HttpServer("--allowed-origin", PAGE) as server:
        client = HttpClient(server.port, "legacy")
        with wire.Connection(server.port) as connection:
            connection.send("GET", "/mcp", {
                "Accept": "text/event-stream", "Mcp-Session-Id": client.session, "MCP-Protocol-Version": LEGACY, "Origin": PAGE})
            assert cors(connection.head())["access-control-allow-origin"] == PAGE


@pytest.mark.parametrize("origin", ["https://evil.example", "https://app.example.evil.example", "http://app.example", "null"])
def test_other_pages_get_nothing(server: HttpServer, origin: str) -> None:
    for answer in (
            wire.request(server.port, "OPTIONS", "/mcp", {"Origin": origin, **PREFLIGHT}), post(server.port, LIST, TOKEN, Origin=origin)):
        assert answer.status == 403 and cors(answer) == {} and answer.headers["vary"] == "Origin"


def test_pages_of_this_machine_are_listed_like_others(server: HttpServer) -> None:
    answer = wire.request(server.port, "OPTIONS", "/mcp", {"Origin": "http://localhost:6274", **PREFLIGHT})
    assert answer.status == 401 and cors(answer) == {}


def test_what_is_no_preflight_is_not_answered_as_one(server: HttpServer) -> None:
    assert wire.request(server.port, "OPTIONS", "/mcp", {"Origin": PAGE, "Authorization": f"Bearer {TOKEN}"}).status == 405
    assert wire.request(server.port, "OPTIONS", "/mcp", {"Host": "evil.example", "Origin": PAGE, **PREFLIGHT}).status == 421


def test_it_is_off_by_default() -> None:
    with HttpServer() as server:
        for origin in ("http://localhost:6274", "http://127.0.0.1"):
            assert wire.request(server.port, "OPTIONS", "/mcp", {"Origin": origin, **PREFLIGHT}).status == 405
            answer = post(server.port, LIST, Origin=origin)
            assert answer.status == 200 and cors(answer) == {} and "vary" not in answer.headers


def test_a_request_that_cannot_be_read_has_nothing_of_the_one_before(server: HttpServer) -> None:
    with wire.Connection(server.port) as connection:
        body = messages.encode(LIST)
        connection.send("POST", "/mcp", {**messages.headers(LIST), "Origin": PAGE, "Authorization": f"Bearer {TOKEN}"}, body)
        assert cors(connection.answer())["access-control-allow-origin"] == PAGE
        connection.socket.sendall(b"POST /mcp HTTP/1.1\r\nHost : x\r\n\r\n")
        refused = connection.answer()
        assert refused.status == 400 and cors(refused) == {}
