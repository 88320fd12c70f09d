"""Families of cases over stdio: bytes, and what each line of them is answered with."""

from __future__ import annotations

from collections.abc import Callable

from . import json_text, making, message_cases, world
from .case import Case
from .dice import Dice
from .json_text import Number
from .message_cases import State
from .oracle import Facts, Foretold, Outcome, foretell

# What stands here over HTTP alone is of no use: headers.
MESSAGES = tuple(family for family in message_cases.FAMILIES if family != "routing")


def answers(data: bytes, state: State) -> list[Foretold]:
    """What each line is answered with. A carriage return at its end belongs to the line's end, and an empty line is none."""
    found = []
    for line in data.split(b"\n")[:-1]:
        line = line.removesuffix(b"\r")
        if line:
            found.append(_line(line, state))
    return found


def _line(line: bytes, state: State) -> Foretold:
    if len(line) > json_text.MAX_BYTES:
        return Foretold((Outcome(400, -32600, says="longer than"),))
    return foretell(line, Facts(session=state.version if state.session else None, cursors=state.cursors))


def _case(name: str, data: bytes, pieces: int, dice: Dice, state: State) -> Case:
    return Case(name, dice.cut(data, pieces), answers(data, state))


def lines(name: str, dice: Dice, state: State) -> Case:
    """Several lines at once, with all that lines can have wrong with them."""
    data = b""
    for _ in range(dice.randint(1, 6)):
        what = dice.randrange(12)
        if what == 0:
            data += dice.pick((b"\n", b"\r\n", b" \n", b"\t\r\n", b"\r\r\n", b"\x00\n", b"\xef\xbb\xbf\n", b"\xff\xfe\n"))
        elif what == 1:
            data += dice.some_bytes(30).replace(b"\n", b"") + b"\n"
        elif what == 2:
            data += dice.pick((b"Content-Length: 20", b"POST /mcp HTTP/1.1", b"[]", b"[{}]", b"null", b"quit", b"data: {}")) + b"\n"
        elif what == 3:
            data += json_text.write({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": dice.pick((
                {"requestId": dice.value(1)}, {"requestId": Number("1"), "reason": dice.value(1)}, {}, {"requestId": "never"}))}) + b"\n"
        elif what == 4:
            data += making.spelt({"jsonrpc": "2.0", "id": dice.pick((dice.text(), Number("9"))),
                                  dice.pick(("result", "error")): dice.value(2)}, dice) + b"\n"
        elif what == 5:
            message = making.good(dice, method=dice.pick(("server/discover", "tools/list")))
            data += json_text.write(message).replace(b",", b",\n", 1) + b"\n"  # pretty-printed: two lines, neither of them JSON
        else:
            message = making.good(dice, method=dice.pick(("server/discover", "tools/list", "prompts/list", "tools/call")))
            if message["method"] == "tools/call":
                message["params"].update(name="any", arguments=world.arguments("any", dice))
            message["id"] = Number(str(dice.randrange(10**12)))
            data += making.spelt(message, dice) + dice.pick((b"\n", b"\n", b"\r\n", b" \n"))
    return _case(name, data, dice.pick((1, 1, 2, 5, 12)), dice, state)


def notifications(name: str, dice: Dice, state: State) -> Case:
    """What has no id is never answered, whatever it is."""
    message = making.edited(making.good(dice, dice.pick(("modern", "legacy"))), dice)
    if isinstance(message, dict):
        message.pop("id", None)
        if dice.often(0.5):
            message["method"] = dice.pick(("notifications/cancelled", "notifications/initialized", "notifications/progress",
                                           "notifications/roots/list_changed", dice.text()))
    return _case(name, making.spelt(message, dice) + b"\n", 1, dice, state)


BESIDE: dict[str, Callable[[str, Dice, State], Case]] = {"lines": lines, "notifications": notifications}
FAMILIES = (*MESSAGES, *BESIDE)


def make(name: str, state: State) -> Case:
    """The case of a name: `stdio/family/seed/number`."""
    family, dice = name.split("/")[1], Dice(name)
    if family in BESIDE:
        return BESIDE[family](name, dice, state)
    body, _ = message_cases.FAMILIES[family](dice, state)
    return _case(name, body + b"\n", dice.pick((1, 1, 1, 3)), dice, state)
