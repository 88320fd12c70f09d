"""Families of messages, for both transports: a body, and the MCP headers that it has over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kit.settings import LEGACY_VERSIONS

from . import json_text, making, world
from .dice import Dice
from .json_text import Number
from .making import Header

Made = tuple[bytes, list[Header]]


class State:
    """What a driver knows of its server: a live legacy session, and cursors that are good."""

    def __init__(self) -> None:
        self.session: str | None = None
        self.version = LEGACY_VERSIONS[-1]
        self.cursors: dict[str, set[str]] = {}
        self.request_state = ""


def json(dice: Dice, state: State) -> Made:
    """Bytes that are nearly JSON."""
    message = making.good(dice)
    return json_text.spoil(making.spelt(message, dice), dice), making.honest(message)


def envelope(dice: Dice, state: State) -> Made:
    """JSON with members that are missing, of another kind, or beyond all bounds."""
    message = making.edited(making.good(dice), dice)
    mcp = making.honest(message)
    if dice.often(0.2):
        mcp = making.disturbed(mcp, dice)
    return making.spelt(message, dice), mcp


def routing(dice: Dice, state: State) -> Made:
    """Headers that don't say what the body says."""
    message = making.good(dice, method=dice.pick(("tools/call", "tools/call", "prompts/get", "resources/read", "tools/list")))
    mcp = making.honest(message)
    for _ in range(dice.pick((1, 1, 2))):
        mcp = making.disturbed(mcp, dice)
    return making.spelt(message, dice), mcp


def ids(dice: Dice, state: State) -> Made:
    """Ids of all kinds: the answer's is the same, or none."""
    message = making.good(dice)
    message["id"] = making_id(dice)
    return making.spelt(message, dice), making.honest(message)


def making_id(dice: Dice) -> Any:
    return dice.pick((
        dice.text(), dice.text(200), "x" * dice.pick((1000, 1000, 1000, 1000, 20_000)),
        Number(str(dice.pick((0, 2**53, 2**63, -2**63, 2**64, 10**40)))),
        Number(dice.pick(("1.0", "1e2", "-0", "1.5", "1E400", "0.1", "100e-2"))), dice.value(1)))


def arguments(dice: Dice, state: State) -> Made:
    """Arguments around a tool's schema."""
    message = making.good(dice, method="tools/call")
    params = message["params"]
    params["name"] = dice.pick(("echo", "echo", "echo", "any", "routed"))
    given = world.arguments(params["name"], dice)
    for _ in range(dice.pick((0, 1, 1, 2))):
        key = dice.pick((*world.TOOLS["echo"]["properties"], "region", "count", "dry", dice.text()))
        given[key] = dice.pick((dice.value(3), Number(dice.pick(("0", "-1", "1001", "1e3", "1e-9", "0.5", "1e999", "7.0"))), "a" * 41,
                                "\U0001f600" * 40,
                                ["a", "a"], ["a", "b", "c", "d", "e"], ["a\n"], {"value": Number("1"), "next": {}},
                                nested(dice.pick((3, 50, 100)))))
    params["arguments"] = given
    mcp = making.honest(message)
    if dice.often(0.15):
        mcp = making.disturbed(mcp, dice)
    return making.spelt(message, dice), mcp


def nested(levels: int) -> Any:
    value: Any = {}
    for _ in range(levels):
        value = {"next": value}
    return value


def cursors(dice: Dice, state: State) -> Made:
    """Cursors that were never given, or for another list."""
    method = dice.pick(tuple(world.LISTS))
    message = making.good(dice, method=method)
    message["params"]["cursor"] = cursor(dice, state)
    return making.spelt(message, dice), making.honest(message)


def cursor(dice: Dice, state: State) -> Any:
    known = sorted(c for those in state.cursors.values() for c in those) or [""]
    real = dice.pick(known)
    return dice.pick((real, near(real, dice), near(real, dice), dice.text(), dice.value(1), real.upper(), real + " ", "t-0-0-0",
                      "t-" + "z" * 40 + "-0-1"))


def near(text: str, dice: Dice) -> str:
    """Something that differs in one place."""
    if not text:
        return dice.text()
    place = dice.randrange(len(text))
    return text[:place] + dice.pick((chr(ord(text[place]) ^ 1), "", "-", "A", "=", "\u0130", text[place] * 2)) + text[place + 1:]


def states(dice: Dice, state: State) -> Made:
    """A sealed state that somebody has tampered with, or that belongs to another call."""
    real = state.request_state
    given = dice.pick((near(real, dice), near(real, dice), real[:dice.randrange(max(1, len(real)))],
                       real + dice.pick(("=", "A", "\u0000", " ")), real * 2, real.swapcase(),
                       real.replace("-", "+").replace("_", "/") + "=", dice.text(40), ""))
    method = dice.pick(("tools/call", "tools/call", "prompts/get", "resources/read"))
    message = making.good(dice, method=method)
    params = message["params"]
    if method == "tools/call":
        params["name"], params["arguments"] = dice.pick((("ask", {}), ("ask", {}), ("any", {}))) if given != real else ("any", {})
        if given == real:
            params["name"] = "any"
    params["requestState"] = given
    if dice.often(0.5):
        params["inputResponses"] = dice.pick(({}, {"who": {"action": "accept", "content": {"name": "Ada"}}}, {"who": None},
                                              {"who": dice.value(2)}))
    return making.spelt(message, dice), making.honest(message)


def legacy(dice: Dice, state: State) -> Made:
    """The era with sessions: in a live one, in none, in one that was made up."""
    message: Any = making.good(dice, "legacy", dice.pick((None, None, "initialize")))
    if dice.often(0.6):
        message = making.edited(message, dice)
    if isinstance(message, dict) and dice.often(0.15):
        message.pop("id", None)
    body = making.spelt(message, dice)
    if dice.often(0.1):
        body = json_text.spoil(body, dice)
    return body, in_a_session(dice, state)


def in_a_session(dice: Dice, state: State) -> list[Header]:
    """The headers of the era with sessions: mostly of the live one."""
    mcp: list[Header] = []
    if (where := dice.randrange(6)) < 4 and state.session is not None:
        mcp.append(("Mcp-Session-Id", state.session.encode()))
    elif where == 5:
        mcp.append(("Mcp-Session-Id", dice.pick((b"0123456789abcdef", making.field_bytes(dice) + b"x", b"x" * 3000))))
    if dice.often(0.7):
        mcp.append(("MCP-Protocol-Version", dice.pick((state.version, state.version, *making.VERSIONS)).encode()))
    if dice.often(0.2):
        mcp.append(("Mcp-Method", b"tools/call"))
    return mcp


def batches(dice: Dice, state: State) -> Made:
    """Arrays of messages, good ones and others, with ids that are there twice, or that are taken back."""
    kinds = dice.pick((KINDS, KINDS, KINDS, (a_request,), (told, response), (told, response, stray)))
    messages = [dice.pick(kinds)(dice) for _ in range(dice.pick((0, 1, 1, 2, 2, 3, 4, 6, 10)))]
    if dice.often(0.03):
        messages = [{"jsonrpc": "2.0", "id": Number(str(id)), "method": "ping"} for id in range(dice.pick((99, 100, 101, 1000)))]
    with_ids = [message for message in messages if isinstance(message, dict) and "id" in message]
    if with_ids and dice.often(0.3):
        for message in messages:
            if message in with_ids and dice.often(0.6):
                message["id"] = with_ids[0]["id"]
    if with_ids and dice.often(0.25):
        taken_back = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": dice.pick(with_ids)["id"]}}
        messages.insert(dice.randrange(len(messages) + 1), taken_back)
        # Always answered: whether the others are is a matter of time.
        messages.append({"jsonrpc": "2.0", "id": "the last", "method": "ping"})
    batch: Any = messages
    if dice.often(0.04):
        batch = dice.pick(([messages], {"batch": messages}, [[messages], *messages]))
    body = making.spelt(batch, dice)
    if dice.often(0.06):
        body = json_text.spoil(body, dice)
    if state.session is None or dice.often(0.2):
        return body, in_a_session(dice, state)
    return body, [("Mcp-Session-Id", state.session.encode()), ("MCP-Protocol-Version", state.version.encode())]


def a_request(dice: Dice) -> Any:
    return making.good(dice, "legacy")


def edited(dice: Dice) -> Any:
    return making.edited(making.good(dice, "legacy"), dice)


def told(dice: Dice) -> Any:
    """A notification. Those of cancellation name nothing that there is."""
    method = dice.pick(("notifications/initialized", "notifications/cancelled", "notifications/progress", "notifications/roots/list_changed",
                        dice.text() + "x"))
    params = dice.pick(({}, {"requestId": "never"}, {"progressToken": Number("1"), "progress": Number("1")}, {"a": dice.value(2)}))
    return {"jsonrpc": "2.0", "method": method, **({"params": params} if dice.often(0.7) else {})}


def response(dice: Dice) -> Any:
    return {"jsonrpc": "2.0", "id": dice.pick((dice.text(), Number("9"))), dice.pick(("result", "error")): dice.value(2)}


def stray(dice: Dice) -> Any:
    """What no batch may hold: a beginning, messages without sessions, batches, and what is no message."""
    what = dice.randrange(5)
    if what < 2:
        message = making.good(dice, "legacy", "initialize") if what == 0 else making.good(dice)
        if dice.often(0.3):
            del message["id"]
        return message
    return dice.value(2) if what == 2 else [] if what == 3 else [making.good(dice, "legacy")]


KINDS = (a_request, a_request, a_request, a_request, edited, edited, told, response, stray)

FAMILIES: dict[str, Callable[[Dice, State], Made]] = {
    "json": json, "envelope": envelope, "routing": routing, "ids": ids, "arguments": arguments, "cursors": cursors, "states": states,
    "legacy": legacy, "batches": batches,
}
