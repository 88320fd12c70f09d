"""What every answer must be, and whether it is one of those foretold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from kit.schema import InvalidMessage, schema
from kit.settings import MODERN

from . import json_text
from .json_text import Number
from .oracle import NO_ID, Foretold, Outcome
from .reply import Reply

# The codes that an error may have under each status. 200: of handlers; 503: the server is full or stops.
CODES = {
    200: {-32601, -32602, -32603, -32002, -32600}, 400: {-32700, -32600, -32602, -32020, -32021, -32022, -32000},
    401: {-32600}, 403: {-32600}, 404: {-32601, -32001, -32600}, 405: {-32600}, 406: {-32600}, 408: {-32600}, 409: {-32603}, 413: {-32600},
    414: {-32600}, 415: {-32600}, 421: {-32600}, 431: {-32600}, 501: {-32600}, 503: {-32603}, 505: {-32600},
}
# What an answer must not give away, or is the trace of a text nobody meant.
LEAKS = re.compile(r"Optional\(|Swift\.|\.swift\b|0x[0-9a-f]{6,}|Error Domain|errno|<[A-Z]\w+: |\(null\)")


def message(data: bytes) -> dict[str, Any]:
    """A message of the server's: strict JSON in UTF-8 on one line."""
    value = messages(data)
    assert isinstance(value, dict), f"the answer is no object: {data[:300]!r}"
    return value


def messages(data: bytes) -> dict[str, Any] | list[dict[str, Any]]:
    """The same, or several of them in an array."""
    try:
        value = json_text.read(data)
    except json_text.NotJSON as error:
        raise AssertionError(f"the answer is no JSON ({error}): {data[:300]!r}") from None
    if b"\n" in data or b"\r" in data:
        raise AssertionError(f"a message has a raw newline: {data[:300]!r}")
    each = value if isinstance(value, list) else [value]
    assert each and all(isinstance(one, dict) for one in each), f"the answer is no message, nor several: {data[:300]!r}"
    return value


def sound_error(error: Any) -> None:
    """An error that helps and gives nothing away, whatever it was for."""
    text = error.get("message")
    assert isinstance(text, str) and not isinstance(text, Number) and 8 <= len(text) <= 1000, f"the message does not help: {text!r}"
    assert not (leak := LEAKS.search(text)), f"the message shows {leak.group()!r}: {text!r}"


def sound_reply(reply: Reply) -> None:
    """What every HTTP answer must be."""
    assert reply.status in CODES or reply.status in (100, 202, 204), f"status {reply.status}"
    if reply.status in (202, 204):
        assert not reply.body, f"{reply.status} with a body: {reply.body[:200]!r}"
        return
    if reply.status == 405:
        allow = reply.headers.get("allow", "")
        assert "POST" in allow or allow == "GET, HEAD", f"405 with Allow '{allow}'"
    if reply.body and reply.content_type == "application/json" and reply.status != 200:
        answers = messages(reply.body)
        # The status is that of all of them together, then.
        allowed = CODES[reply.status] if isinstance(answers, dict) else CODES[reply.status] | CODES[200]
        for answer in [answers] if isinstance(answers, dict) else answers:
            assert "error" in answer, f"{reply.status} without an error: {reply.body[:200]!r}"
            sound_error(answer["error"])
            code = answer["error"]["code"]
            assert int(code) in allowed, f"status {reply.status} with code {code}"
            _validate_error(json_text.plain(answer))


def _validate_error(answer: dict[str, Any]) -> None:
    try:
        schema(MODERN).response(answer, "")
    except InvalidMessage as invalid:
        raise AssertionError(str(invalid)) from None


def same_id(id: Any, other: Any) -> bool:
    if id is NO_ID or other is NO_ID:
        return id is other
    return isinstance(id, Number) == isinstance(other, Number) and str(id) == str(other)


def fits(answer: dict[str, Any], status: int | None, foretold: Foretold) -> str | None:
    """Why an answer is none of those foretold; None when it is one. `status` None: nobody looks at it."""
    if not foretold.outcomes:
        return "wanted an array"
    reasons = []
    for outcome in foretold.outcomes:
        reason = _differs(answer, status, outcome, foretold)
        if reason is None:
            return None
        reasons.append(reason)
    return "; ".join(dict.fromkeys(reasons))


def fits_batch(answers: list[dict[str, Any]], status: int | None, foretold: Foretold) -> str | None:
    """The same for an array. Its order is free: each answer is that to a message of its own, and no message misses one."""
    if foretold.batch is None:
        return "an array, which nobody foretold"
    if status is not None and status not in foretold.batch.statuses:
        return f"wanted one of {foretold.batch.statuses}"
    for answer in answers:
        if "error" in answer:
            sound_error(answer["error"])
    members = foretold.batch.members
    reasons = cache(lambda place, number: fits(answers[place], None, members[number]))
    answered = _pairs(len(answers), len(members), lambda place, number: reasons(place, number) is None)
    for place, answer in enumerate(answers):
        if place not in answered:
            why = dict.fromkeys(filter(None, (reasons(place, number) for number in range(len(members)))))
            return f"{shown(answer)} is the answer to none of its messages, or to one that has another: {'; '.join(list(why)[:4])}"
    # Whoever can be given an answer each, and whoever needs one: where both can be had, both can be had at once.
    needed = [number for number, member in enumerate(members) if not member.silent]
    found = _pairs(len(needed), len(answers), lambda index, place: reasons(place, needed[index]) is None)
    missing = [number for index, number in enumerate(needed) if index not in found]
    return f"nothing answers the messages {missing}" if missing else None


def _pairs(count: int, others: int, fit: Callable[[int, int], bool]) -> dict[int, int]:
    """As many as can be paired at once, each with another."""
    partners: dict[int, int] = {}

    def pair(one: int, seen: set[int]) -> bool:
        # Its own place first: mostly that is it.
        for other in sorted(range(others), key=lambda other: other != one):
            if other not in seen and fit(one, other):
                seen.add(other)
                if other not in partners or pair(partners[other], seen):
                    partners[other] = one
                    return True
        return False

    for one in range(count):
        pair(one, set())
    return {one: other for other, one in partners.items()}


def _differs(answer: dict[str, Any], status: int | None, outcome: Outcome, foretold: Foretold) -> str | None:
    if outcome.status == 202:
        return "wanted no answer"
    error = answer.get("error")
    code = int(error["code"]) if error is not None else None
    if (status is not None and status != outcome.status) or code != outcome.code:
        return f"wanted {outcome.status} {outcome.code if outcome.code is not None else 'result'}"
    if not same_id(outcome.id, answer.get("id", NO_ID)):
        return f"wanted the id {outcome.id!r}, not {answer.get('id', NO_ID)!r}"
    if error is not None:
        if outcome.says and not re.search(outcome.says, error["message"], re.DOTALL):
            return f"the message should match /{outcome.says}/"
        return outcome.check(json_text.plain(error.get("data"))) if outcome.check is not None else None
    try:
        schema(foretold.version).response(json_text.plain(answer), foretold.method)
    except InvalidMessage as invalid:
        return str(invalid)
    except (OverflowError, ValueError):
        return None  # a number that Python's schemas can't hold
    return outcome.check(answer["result"]) if outcome.check is not None else None


def shown(answer: Any) -> str:
    return json.dumps(json_text.plain(answer))[:600]
