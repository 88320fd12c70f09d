"""A fuzzer that can't fail proves nothing: its judge refuses wrong answers, and its cases can be made again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from kit import messages
from kit.settings import MODERN
from wirefuzz import http_cases, json_text, judge, making, message_cases, oracle, stdio_cases, world
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


# --- batches


def batch(*messages: Any, session: str | None = world.BATCHES, **changes: Any) -> oracle.Foretold:
    """What an array is answered with over HTTP, in a live session of that version."""
    return foretell(messages_of(*messages), Facts(**{"headers": {}, "session": session, **changes}))


def messages_of(*each: Any) -> bytes:
    return json.dumps(each).encode()


def ping(id: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "method": "ping"}


def call(id: Any) -> dict[str, Any]:
    return messages.legacy("tools/call", {"name": "any", "arguments": {}}, id=id)


def result(id: Any, **members: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "result": members}


def failure(code: int, message: str, **id: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", **id, "error": {"code": code, "message": message}}


CALLED = {"content": [{"type": "text", "text": "{}"}]}
CANCELLED = messages.notification("notifications/cancelled", {"requestId": 1})
NO_OBJECT = failure(-32600, "Invalid Request: a message is an object")
BEGINS = messages.initialize(world.BATCHES, id="i")
MUST_NOT_BEGIN = failure(-32600, "Invalid Request: initialize must not be in a batch", id="i")
BESIDE_SESSIONS = {key: value for key, value in GOOD.items() if key != "id"}
UNDER_WAY = failure(-32600, "Invalid Request: a request with the id 1 is under way", id=1)


def judged(foretold: oracle.Foretold, status: int | None, *answers: Any) -> str | None:
    return judge.fits_batch(judge.messages(messages_of(*answers)), status, foretold)


def test_only_live_sessions_of_one_version_have_batches() -> None:
    for version in (None, "2024-11-05", "2025-06-18", "2025-11-25"):
        assert one(batch(ping(1), session=version)) == one(batch(session=version)) == (400, -32600, NO_ID)
        assert one(foretell(messages_of(ping(1)), Facts(session=version))) == (400, -32600, NO_ID)
    assert one(batch(ping(1), session=None, names_unknown_session=True)) == (404, -32001, NO_ID)
    assert {outcome.code for outcome in batch(ping(1), headers={"mcp-protocol-version": [MODERN.encode()]}).outcomes} == {-32600, -32000}
    assert batch(ping(1), headers={"mcp-protocol-version": [b"2025-06-18"]}).batch is not None
    assert one(batch()) == one(batch(*map(ping, range(world.MOST_IN_BATCH + 1)))) == (400, -32600, NO_ID)
    assert batch(*map(ping, range(world.MOST_IN_BATCH))).batch is not None


@pytest.mark.parametrize("headers", [{}, None], ids=["http", "stdio"])
def test_a_batch_of_nothing_to_answer_is_not_answered(headers: Any) -> None:
    foretold = batch(CANCELLED, {"jsonrpc": "2.0", "id": 7, "result": {}}, headers=headers)
    assert foretold.silent and one(foretold) == (202, None, NO_ID)
    assert judged(foretold, None, result(7)) is not None and judged(foretold, 400, NO_OBJECT) is not None
    # One that must not be there is a bad request over HTTP, which has a way to say that. Elsewhere there is none.
    for unfit in (BESIDE_SESSIONS, {"jsonrpc": "2.0", "method": "initialize"}):
        foretold = batch(CANCELLED, unfit, headers=headers)
        assert foretold.silent and (judged(foretold, 400, failure(-32600, "Invalid Request")) is None) == (headers is not None)
        assert judged(foretold, 200, failure(-32600, "Invalid Request")) is not None


@pytest.mark.parametrize(("sent", "status", "answers"), [
    ([ping(1)], 200, [result(1)]),
    ([ping(1), CANCELLED, ping("1")], 200, [result("1"), result(1)]),
    ([ping(1), 7, [ping(2)], BEGINS], 200, [result(1), NO_OBJECT, NO_OBJECT, MUST_NOT_BEGIN]),
    ([7, BEGINS], 400, [NO_OBJECT, MUST_NOT_BEGIN]), ([7, CANCELLED], 200, [NO_OBJECT]),
    ([ping(1), GOOD], 200, [failure(-32600, "Invalid Request: 2026-07-28 has no batches", id="a"), result(1)]),
    ([ping(1), BESIDE_SESSIONS], 200, [result(1)]),
    ([call(1), call(1), call("1")], 200, [result(1, **CALLED), UNDER_WAY, result("1", **CALLED)]),
    ([call(1), call(1)], 200, [result(1, **CALLED)] * 2),
    ([call(1), CANCELLED, ping(2)], 200, [result(2)]), ([call(1), CANCELLED, ping(2)], 200, [result(1, **CALLED), result(2)]),
    ([{**ping(1), "id": json_text.plain(json_text.Number("1.0"))}], 400, [failure(-32600, "Invalid Request: id must be an integer")])])
def test_each_message_of_a_batch_has_its_answer(sent: list[Any], status: int, answers: list[Any]) -> None:
    assert judged(batch(*sent), status, *answers) is None


def wrong_arrays() -> Iterator[tuple[str, list[Any], int, list[Any]]]:
    yield "another status", [ping(1)], 400, [result(1)]
    yield "another status, though one is bad", [ping(1), 7], 400, [result(1), NO_OBJECT]
    yield "one answer too few", [ping(1), ping(2)], 200, [result(1)]
    yield "one too few of equals", [7, ping(1), 8], 200, [result(1), NO_OBJECT]
    yield "one too many", [ping(1)], 200, [result(1), result(1)]
    yield "another id", [ping(1)], 200, [result(2)]
    yield "an id of another type", [ping(1)], 200, [result("1")]
    yield "the answer to a notification", [ping(1), CANCELLED], 200, [result(1), failure(-32600, "Invalid Request")]
    yield "the answer to one of another era", [ping(1), BESIDE_SESSIONS], 200, [result(1), failure(-32600, "Invalid Request: no batches")]
    yield "the answer to a response", [ping(1), result("s")], 200, [result(1), result("s")]
    yield "a beginning", [BEGINS], 200, [result("i", protocolVersion=world.BATCHES, capabilities={}, serverInfo={"name": "a", "version": "1"})]
    yield "a result of another kind", [call(1)], 200, [result(1)]
    yield "what was not taken back", [ping(1), CANCELLED, ping(2)], 200, [result(2)]
    yield "what was taken back too early", [CANCELLED, call(1), ping(2)], 200, [result(2)]
    yield "the first of two", [call(1), ping(1)], 200, [UNDER_WAY, result(1)]
    yield "what helps nobody", [7], 400, [failure(-32600, "")]


@pytest.mark.parametrize(("sent", "status", "answers"), [pytest.param(*rest, id=name) for name, *rest in wrong_arrays()])
def test_the_judge_refuses_wrong_arrays(sent: list[Any], status: int, answers: list[Any]) -> None:
    try:
        assert judged(batch(*sent), status, *answers) is not None
    except AssertionError as unsound:
        assert "does not help" in str(unsound)


def test_an_array_answers_nothing_but_a_batch() -> None:
    assert judged(told(GOOD), 200, result("a")) is not None and judged(batch(), 400, NO_OBJECT) is not None
    assert judge.fits(result(1), 200, batch(ping(1))) is not None
    for data in (b"[]", b"[[]]", b"[7]", b"7", b"[{}", b"[{}\n]"):
        with pytest.raises(AssertionError):
            judge.messages(data)
    judge.sound_reply(Reply(400, "1.1", {"content-type": "application/json"}, messages_of(NO_OBJECT, failure(-32601, "Method not found: a"))))
    for wrong in ([NO_OBJECT, result(1)], [NO_OBJECT, failure(-32700, "Parse error")], [NO_OBJECT, failure(-32600, "")]):
        with pytest.raises(AssertionError):
            judge.sound_reply(Reply(404, "1.1", {"content-type": "application/json"}, messages_of(*wrong)))


def test_batches_of_every_kind_are_made() -> None:
    state, found = State(), Counter()
    state.session, state.version = "live", world.BATCHES
    for number in range(300):
        body, mcp = message_cases.batches(Dice(f"kinds/{number}"), state)
        foretold = foretell(body, http_cases.facts_of(mcp, state))
        if foretold.batch is None:
            found[foretold.outcomes[0].says] += 1
            continue
        members = foretold.batch.members
        found["silence" if foretold.silent else "array", foretold.batch.statuses] += 1
        found["taken back"] += any(member.silent and member.method for member in members)
        found["twice"] += any(outcome.says == "under way" for member in members for outcome in member.outcomes)
    assert found["array", (200,)] > 100, found
    wanted = [("array", (200, 400)), ("silence", (200,)), ("silence", (400,)), "taken back", "twice", "empty", "batches", "[Ss]ession",
              str(world.MOST_IN_BATCH)]
    assert not [kind for kind in wanted if not found[kind]], found


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
