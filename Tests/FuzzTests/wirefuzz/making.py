"""Makes messages and the headers that go with them: good ones, and ones with one thing wrong or several."""

from __future__ import annotations

import base64
import copy
from typing import Any

from kit import messages
from kit.messages import CAPABILITIES_KEY, LOG_LEVEL_KEY, VERSION_KEY
from kit.settings import LEGACY_VERSIONS, MODERN

from . import world
from .dice import Dice
from .json_text import Number, spell

Header = tuple[str, bytes]
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ !"
VERSIONS = (MODERN, *LEGACY_VERSIONS, "2026-07-29", "DRAFT-2026-v1", "v999.0.0", "1", "", "2026-7-28", "２０２６-07-28")


def good(dice: Dice, era: str = "modern", method: str | None = None) -> dict[str, Any]:
    """A request with nothing wrong in it."""
    known = world.MODERN_METHODS if era == "modern" else world.LEGACY_METHODS
    method = method or dice.pick(known)
    params = world.base(method, dice)
    if era == "modern":
        params["_meta"] = world.meta(dice)
    elif dice.often(0.2):
        params["_meta"] = {"progressToken": dice.pick((dice.text(), Number("3")))}
    items = [("jsonrpc", "2.0"), ("id", dice.pick((Number(str(dice.randrange(1, 1000))), dice.text() + "x"))), ("method", method)]
    if params or era == "modern" or dice.often(0.5):
        items.append(("params", params))
    dice.shuffle(items)
    return dict(items)


def edited(message: dict[str, Any], dice: Dice) -> Any:
    """With a few members of it changed, removed or added."""
    message = copy.deepcopy(message)
    for _ in range(dice.pick((0, 1, 1, 1, 2, 3))):
        message = dice.pick(EDITS)(message, dice)
        if not isinstance(message, dict):
            break
    return message


def _places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Every member and element: its container and its key."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        found.append((value, key))
        _places(value[key], found)
    return found


def _anywhere(message: dict[str, Any], dice: Dice) -> Any:
    places = _places(message, [])
    if not places:
        return message
    container, key = dice.pick(places)
    what = dice.randrange(4)
    if what == 0:
        del container[key]
    elif what == 1 and isinstance(container, dict):
        container[dice.pick((str(key).upper(), str(key) + "\u0000", str(key)[:-1], dice.text()))] = container.pop(key)
    else:
        container[key] = dice.value(2)
    return message


def _member(name: str, *values: Any) -> Any:
    def edit(message: dict[str, Any], dice: Dice) -> Any:
        if dice.often(0.2):
            message.pop(name, None)
        else:
            message[name] = copy.deepcopy(dice.pick(values)) if dice.often(0.7) else dice.value(2)
        return message
    return edit


def _param(name: str, *values: Any) -> Any:
    def edit(message: dict[str, Any], dice: Dice) -> Any:
        if isinstance(params := message.get("params"), dict):
            if dice.often(0.15):
                params.pop(name, None)
            else:
                params[name] = copy.deepcopy(dice.pick(values)) if dice.often(0.7) else dice.value(2)
        return message
    return edit


def _meta(name: str, *values: Any) -> Any:
    def edit(message: dict[str, Any], dice: Dice) -> Any:
        if isinstance(params := message.get("params"), dict) and isinstance(meta := params.get("_meta"), dict):
            if dice.often(0.3):
                meta.pop(name, None)
            else:
                meta[name] = copy.deepcopy(dice.pick(values)) if dice.often(0.7) else dice.value(2)
        return message
    return edit


NUMBER = [Number(text) for text in ("0", "1", "-1", "1.5", "1.0", "1e2", "-0", "1e400", "9007199254740993", "1" + "0" * 300)]
EDITS = (
    _anywhere, _anywhere, _anywhere,
    _member("jsonrpc", "1.0", "2", "2.0 ", "2.00", Number("2.0"), Number("2"), None), _member("id", None, "", True, *NUMBER),
    _member("method", *world.STRANGE_METHODS, *world.MODERN_METHODS, *world.LEGACY_METHODS, None),
    _member("params", None, [], {}, "", [{}], False), _member("result", {}, None), _member("error", {}, None),
    _meta(VERSION_KEY, *VERSIONS), _meta(CAPABILITIES_KEY, {}, {"elicitation": {"url": {}}}, {"elicitation": {}}, {"extensions": []}, [],
                                         None),
    _meta(world.CLIENT_INFO_KEY, {}, {"name": Number("7")}, [], None), _meta(LOG_LEVEL_KEY, *world.LOG_LEVELS, "loud", "DEBUG", ""),
    _meta("progressToken", "", None, {}, True, *NUMBER), _meta("traceparent", "00-" + "0" * 32, "x" * 9000, Number("1")),
    _meta("baggage", "x" * 20000), _param("_meta", {}, None, [], {"progressToken": Number("1")}),
    _param("cursor", "", None, Number("0"), "t-0-0-2"),
    _param("name", "", "Echo", "echo ", "no\u0000name", "e" * 300, None, *world.TOOLS, *world.PROMPTS),
    _param("arguments", None, [], {}, "", {"text": None}),
    _param("uri", "", "x", "target://", "target://none", "target://item/", "target://item/%", "target://item/a/../b", "target://all/a/b?c",
           "file:///etc/passwd", "http://127.0.0.1:1/", "ambit://other", "x" * 9000, "target://one#f", "TARGET://one", None),
    _param("level", "loud", "", None, *world.LOG_LEVELS), _param("ref", {}, {"type": "ref/prompt"}, {"type": "ref/none", "name": "greet"},
                                                                 []),
    _param("argument", {}, {"name": "none", "value": ""}, {"name": "word"}, None), _param("context", {}, {"arguments": []}, None),
    _param("notifications", {}, [], {"toolsListChanged": Number("1")}, {"resourceSubscriptions": ["a", None]},
           {"resourceSubscriptions": "a"}, {"taskIds": ["a"]}, {"taskIds": "a"}),
    _param("taskId", "", "a", None),
    _param("inputResponses", {}, [], None, {"who": None}, {"who": {"action": "accept"}}),
    _param("requestState", "", "v1.", None, Number("7"), "A" * 300),
    lambda message, dice: [message], lambda message, dice: [], lambda message, dice: dice.value(1),
)


# --- headers

def encodable(text: str) -> bool:
    return all(0x20 <= ord(c) < 0x7F for c in text) and text == text.strip()


def honest(message: Any) -> list[Header]:
    """The MCP headers of a client that does it right, as far as headers can say it."""
    params = message.get("params") if isinstance(message, dict) else None
    meta = params.get("_meta") if isinstance(params, dict) else None
    if not isinstance(meta, dict) or not (VERSION_KEY in meta or CAPABILITIES_KEY in meta):
        return []
    found: list[Header] = []
    version, method = meta.get(VERSION_KEY), message.get("method")
    if isinstance(version, str) and encodable(version):
        found.append(("MCP-Protocol-Version", version.encode()))
    if isinstance(method, str) and encodable(method):
        found.append(("Mcp-Method", method.encode()))
    name = params.get(world.NAMED.get(method if isinstance(method, str) else "", ""))
    if isinstance(name, str) and not isinstance(name, Number):
        found.append(("Mcp-Name", said(name)))
    if method == "tools/call" and name == "routed" and isinstance(params.get("arguments"), dict):
        found += [(header, said(text)) for key,
                  header in world.MIRRORED.items() if (text := mirrored(params["arguments"].get(key))) is not None]
    return found


def said(text: str) -> bytes:
    return messages.header_value(text).encode()


def mirrored(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str) else None


def disturbed(headers: list[Header], dice: Dice) -> list[Header]:
    """With one of them missing, repeated, misspelt or saying something else."""
    headers = list(headers)
    what = dice.randrange(7)
    place = dice.randrange(len(headers)) if headers else None
    if place is None or what == 0:
        name = dice.pick(("MCP-Protocol-Version", "Mcp-Method", "Mcp-Name", "Mcp-Param-Region", "Mcp-Param-Other", "Mcp-Session-Id"))
        value = dice.pick((MODERN, LEGACY_VERSIONS[-1], "echo", "tools/call", "x", "=?base64??="))
        return [*headers, (name, value.encode())] if name != "Mcp-Session-Id" or not any(n == name for n, _ in headers) else headers
    name, value = headers[place]
    if what == 1:
        del headers[place]
    elif what == 2:
        headers.append((name, dice.pick((value, b"", b"other"))))
    elif what == 3:
        headers[place] = (name, dice.pick((value.upper(), value + b"x", value[:-1], b"", b"null")))
    elif what == 4:
        headers[place] = (name, field_bytes(dice))
    else:
        headers[place] = (name, encoded(value.decode("utf-8", "replace"), dice))
    return headers


def field_bytes(dice: Dice) -> bytes:
    """Bytes that a field value may have."""
    return bytes(b for b in dice.some_bytes(20) if b >= 0x20 and b != 0x7F or b == 9).strip(b" \t")


def encoded(text: str, dice: Dice) -> bytes:
    """In the base64 form, rightly or nearly so."""
    content = base64.b64encode(text.encode()).decode()
    what = dice.randrange(9)
    if what == 0:
        content = content.rstrip("=") + dice.pick(("", "=", "==", "==="))
    elif what == 1:
        place = dice.randrange(len(content) + 1)
        content = content[:place] + dice.pick(BASE64) + content[place:]
    elif what == 2 and content:
        place = dice.randrange(len(content))
        content = content[:place] + dice.pick(BASE64) + content[place + 1:]
    elif what == 3:
        content = content.replace("+", "-").replace("/", "_")
    elif what == 4:
        content = base64.b64encode(dice.some_bytes(9)).decode()
    before, after = dice.pick((("=?base64?", "?="),) * 6 + (("=?BASE64?", "?="), ("=?base64?", ""), ("", "?="), ("=?base64? ", "?="),
                                                            ("=?b64?", "?=")))
    return f"{before}{content}{after}".encode()


def spelt(message: Any, dice: Dice) -> bytes:
    return spell(message, dice)
