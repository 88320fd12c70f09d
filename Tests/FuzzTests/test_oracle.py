"""A fuzzer that can't fail proves nothing: its judge refuses wrong answers, and its cases can be made again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kit import messages
from kit.settings import MODERN
from wirefuzz import http_cases, json_text, judge, making, oracle, stdio_cases
from wirefuzz.dice import Dice
from wirefuzz.message_cases import State
from wirefuzz.oracle import NO_ID, Facts, foretell
from wirefuzz.reply import Incomplete, NotHTTP, Reply, first


def told(message: Any, **changes: bytes | None) -> oracle.Foretold:
    """What a message is answered with over HTTP, with its right headers but for the changes."""
    headers = {name.lower(): [value] for name, value in making.honest(message)}
    for name, value in changes.items():
        headers[name.replace("_", "-").lower()] = [] if value is None else [value]
    return foretell(messages.encode(message), Facts(headers=headers))


def one(foretold: oracle.Foretold) -> tuple[int, int | None, Any]:
    (outcome,) = foretold.outcomes
    return outcome.status, outcome.code, outcome.id


GOOD = messages.modern("server/discover", id="a")


def test_the_ladder_is_read_from_its_top() -> None:
    assert one(told(GOOD)) == (200, None, "a")
    assert one(told({**GOOD, "jsonrpc": "1.0"})) == (400, -32600, "a")
    assert one(told({**GOOD, "id": None})) == (400, -32600, NO_ID)
    assert one(told(GOOD, MCP_Protocol_Version=b"v999")) == (400, -32020, "a")
    assert one(told(messages.modern("server/discover", id="a", version="v999"))) == (400, -32022, "a")
    assert one(told(messages.modern("server/discover", id="a", version="v999"), MCP_Protocol_Version=MODERN.encode())) == (400, -32020, "a")
    assert one(told(GOOD, Mcp_Method=b"tools/list")) == (400, -32020, "a")
    assert one(told(messages.modern("ping", id="a"))) == (404, -32601, "a")
    assert one(told({"jsonrpc": "2.0", "id": "a", "method": "tools/list"})) == (400, -32000, "a")


@pytest.mark.parametrize(("value", "text"), [
    (b"echo", "echo"), (b"=?base64?ZWNobw==?=", "echo"), (b"=?base64?ZWNobw?=", None), (b"=?base64?ZWNobx==?=", None), (b"=?base64??=", ""),
    (b"=?BASE64?ZWNobw==?=", "=?BASE64?ZWNobw==?="), (b"=?base64?ZWNobw==", "=?base64?ZWNobw=="), (b"=?base64?/w==?=", None)])
def test_headers_are_decoded_strictly(value: bytes, text: str | None) -> None:
    assert oracle.decoded(value.decode()) == text


def wrong_answers() -> Iterator[tuple[str, int, dict[str, Any]]]:
    error = {"code": -32601, "message": "Method not found: ping"}
    yield "another status", 200, {"jsonrpc": "2.0", "id": "a", "error": error}
    yield "another code", 404, {"jsonrpc": "2.0", "id": "a", "error": {**error, "code": -32602}}
    yield "another id", 404, {"jsonrpc": "2.0", "id": "b", "error": error}
    yield "an id of another type", 404, {"jsonrpc": "2.0", "id": 1, "error": error}
    yield "no id", 404, {"jsonrpc": "2.0", "error": error}
    yield "a message that says nothing of it", 404, {"jsonrpc": "2.0", "id": "a", "error": {**error, "message": "It went wrong"}}
    yield "a result", 404, {"jsonrpc": "2.0", "id": "a", "result": {"resultType": "complete"}}


@pytest.mark.parametrize(("status", "answer"), [pytest.param(*rest, id=name) for name, *rest in wrong_answers()])
def test_the_judge_refuses(status: int, answer: dict[str, Any]) -> None:
    foretold = told(messages.modern("ping", id="a"))
    good = {"jsonrpc": "2.0", "id": "a", "error": {"code": -32601, "message": "Method not found: ping"}}
    assert judge.fits(json_text.read(messages.encode(good)), 404, foretold) is None
    assert judge.fits(json_text.read(messages.encode(answer)), status, foretold) is not None


@pytest.mark.parametrize("body", [
    {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "Invalid Request"}},
    {"jsonrpc": "2.0", "error": {"code": -32603, "message": "Invalid Request"}},
    {"jsonrpc": "2.0", "error": {"code": -32600, "message": ""}}, {"jsonrpc": "2.0",
                                                                   "error": {"code": -32600, "message": "Optional(\"x\") is wrong"}},
    {"jsonrpc": "2.0", "error": {"code": -32600}}, {"jsonrpc": "2.0", "result": {}}, []])
def test_unsound_errors_are_refused(body: Any) -> None:
    with pytest.raises(AssertionError):
        judge.sound_reply(Reply(400, "1.1", {"content-type": "application/json"}, json.dumps(body).encode()))


@pytest.mark.parametrize("status", [500, 200 - 1, 299, 418])
def test_statuses_that_nobody_may_see_are_refused(status: int) -> None:
    with pytest.raises(AssertionError):
        judge.sound_reply(Reply(status, "1.1"))


@pytest.mark.parametrize("data", [
    b"HTTP/1.1 200\r\n\r\n", b"HTTP/1.1 200 OK\n\n", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
    b"HTTP/1.1 200 OK\r\nA : b\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nabc",
    b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"])
def test_what_is_no_response_is_refused(data: bytes) -> None:
    with pytest.raises((NotHTTP, Incomplete)):
        first(data, at_end=True)


@pytest.mark.parametrize("data", [
    b'{"a":1,}', b"[01]", b"[1.]", b"[.5]", b"[+1]", b"[NaN]", b"['a']", b'["\\x41"]', b'["\\ud800"]', b'["\\udc00\\ud800"]',
    b'["\xed\xa0\x80"]', b'["\xff"]',
    b"\xef\xbb\xbf{}", b"{} {}", b"", b" ", b"[1\x0b]", b'["\x1f"]', b"[" * 129 + b"]" * 129, b"tru", b'{"a" 1}', b'"\\u00g0"'])
def test_the_oracle_reads_json_strictly(data: bytes) -> None:
    with pytest.raises(json_text.NotJSON):
        json_text.read(data)


def test_every_spelling_is_read_as_the_same_value() -> None:
    for number in range(300):
        dice = Dice(f"spelling/{number}")
        value = dice.value(4)
        assert json_text.read(json_text.spell(value, dice)) == value == json_text.read(json_text.write(value))


@pytest.mark.parametrize("family", http_cases.FAMILIES)
def test_a_name_makes_the_same_case_again(family: str) -> None:
    for number in range(5):
        name = f"http/{family}/again/{number}"
        assert http_cases.make(name, State()).pieces == http_cases.make(name, State()).pieces


@pytest.mark.parametrize("family", stdio_cases.FAMILIES)
def test_a_name_makes_the_same_lines_again(family: str) -> None:
    for number in range(5):
        name = f"stdio/{family}/again/{number}"
        assert stdio_cases.make(name, State()).pieces == stdio_cases.make(name, State()).pieces
