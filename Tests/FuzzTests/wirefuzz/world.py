"""What the server under fire offers (plugins/target.c and the host's own), as the oracle knows it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import jsonschema

from kit.messages import CAPABILITIES_KEY, LOG_LEVEL_KEY, PREFIX, VERSION_KEY
from kit.settings import LEGACY_VERSIONS, MODERN

from .json_text import Number

CLIENT_INFO_KEY = PREFIX + "clientInfo"
LOG_LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")

NODE = {
    "type": "object", "properties": {"value": {"type": ["number", "null"]}, "next": {"$ref": "#/$defs/node"}},
    "additionalProperties": False}
TOOLS: dict[str, dict[str, Any]] = {
    "echo": {
        "type": "object",
        "properties": {
            "text": {"type": "string", "minLength": 1, "maxLength": 40}, "count": {"type": "integer", "minimum": 0, "maximum": 1000},
            "ratio": {"type": "number", "exclusiveMinimum": 0}, "flag": {"type": "boolean"}, "mode": {"enum": ["fast", "slow", 7]},
            # Python's $ matches before a newline, that of JSON Schema does not.
            "tags": {"type": "array", "items": {"type": "string", "pattern": r"^[a-z]+\Z"}, "uniqueItems": True, "maxItems": 4},
            "node": {"$ref": "#/$defs/node"}},
        "required": ["text"], "additionalProperties": False, "$defs": {"node": NODE}},
    "any": {"type": "object"},
    "routed": {
        "type": "object",
        "properties": {"region": {"type": "string"}, "count": {"type": "integer"}, "dry": {"type": "boolean"}}},
    "ask": {"type": "object"},
}
MIRRORED = {"region": "mcp-param-region", "count": "mcp-param-count", "dry": "mcp-param-dry"}
RESOURCES = ("ambit://scopes", "target://one", "target://two", "target://three")
TEMPLATES = {"target://item/{id}": ("id",), "target://pair/{a}/{b}": ("a", "b"), "target://all/{+rest}": ("rest",)}
PROMPTS = {"plain": (), "greet": ("word", "tone"), "other": ("word",)}
PAGE_SIZE = 2
LISTS = {"tools/list": len(TOOLS), "resources/list": len(RESOURCES), "resources/templates/list": len(TEMPLATES),
         "prompts/list": len(PROMPTS)}

BOTH = ("tools/list", "tools/call", "resources/list", "resources/templates/list", "resources/read", "prompts/list", "prompts/get",
        "completion/complete")
TASK_METHODS = ("tasks/get", "tasks/update", "tasks/cancel")
TASKS_EXTENSION = PREFIX + "tasks"
MODERN_METHODS = (*BOTH, "server/discover", "subscriptions/listen", *TASK_METHODS)
LEGACY_METHODS = (*BOTH, "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe")
# What a handler serves: it takes its time, and can be taken back.
CANCELLABLE = ("tools/call", "resources/read", "prompts/get", "completion/complete")
# The version that has batches, and how many messages one of them may have.
BATCHES, MOST_IN_BATCH = "2025-03-26", 100
# The parameter that Mcp-Name mirrors.
NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri", **dict.fromkeys(TASK_METHODS, "taskId")}
# What other revisions know, and what nobody does.
STRANGE_METHODS = (
    "initialize", "ping", "logging/setLevel", "resources/subscribe", "tasks/list", "tasks/result", "notifications/initialized",
    "notifications/cancelled", "roots/list", "elicitation/create", "", "tools", "tools/", "tools/call ", "TOOLS/LIST", "tools\u0000list",
    "rpc.discover")

_validators = {name: jsonschema.Draft202012Validator(schema) for name, schema in TOOLS.items()}


def exact(value: Any) -> Any:
    """With numbers that compare as decimal text does, however large."""
    if isinstance(value, Number):
        exponent = value.lower().partition("e")[2]
        if exponent and abs(int(exponent)) > 2000:
            value = Number(value.lower().partition("e")[0] + ("e2000" if int(exponent) > 0 else "e-2000"))
        return int(Decimal(value)) if value.is_integer else Decimal(value)
    if isinstance(value, dict):
        return {key: exact(member) for key, member in value.items()}
    if isinstance(value, list):
        return [exact(element) for element in value]
    return value


def fits(tool: str, arguments: Any) -> bool:
    """Whether the arguments satisfy the tool's schema."""
    return _validators[tool].is_valid(exact(arguments))


def has_repeated_keys(value: Any) -> bool:
    if isinstance(value, dict):
        return getattr(value, "repeated", False) or any(has_repeated_keys(member) for member in value.values())
    return isinstance(value, list) and any(has_repeated_keys(element) for element in value)


def reads(uri: str) -> bool | None:
    """Whether a resource has this URI; None where a template may match it or not."""
    if uri in RESOURCES or re.fullmatch(r"target://(?:item/[\w.~-]+|pair/[\w.~-]+/[\w.~-]+)", uri, re.ASCII):
        return True
    return None if uri.startswith("target://") else False


def watches(uri: str) -> bool | None:
    """Whether a client may be told of this resource; None where that can't be foretold."""
    if reads(uri) is not False:
        return reads(uri)
    return None if any(resource.startswith(uri) for resource in (*RESOURCES, "ambit://scopes")) else False


def base(method: str, dice: Any) -> dict[str, Any]:
    """Good parameters of a request, without `_meta`."""
    if method in LISTS:
        return {}
    if method == "tools/call":
        name = dice.pick(("echo", "echo", "any", "routed", "ask"))
        return {"name": name, "arguments": arguments(name, dice)}
    if method == "resources/read":
        return {"uri": dice.pick((*RESOURCES, "target://item/7", "target://pair/a/b"))}
    if method == "prompts/get":
        name = dice.pick(tuple(PROMPTS))
        return {"name": name, **({"arguments": {"word": dice.text()}} if PROMPTS[name] or dice.often(0.3) else {})}
    if method == "completion/complete":
        if dice.often(0.5):
            return {"ref": {"type": "ref/prompt", "name": "greet"}, "argument": {"name": dice.pick(("word", "tone")), "value": dice.text()}}
        uri = dice.pick(tuple(TEMPLATES))
        return {"ref": {"type": "ref/resource", "uri": uri}, "argument": {"name": TEMPLATES[uri][0], "value": dice.text()}}
    if method == "subscriptions/listen":
        wanted = {key: dice.often(0.7) for key in ("toolsListChanged", "promptsListChanged", "resourcesListChanged") if dice.often(0.6)}
        return {"notifications": {**wanted, **({"resourceSubscriptions": dice.pick((["target://one"], ["nowhere://x", "target://one"]))}
                                               if dice.often(0.5) else {})}}
    if method in TASK_METHODS:
        return {"taskId": dice.pick(("t_0123456789abcdef", dice.text() + "x")),
                **({"inputResponses": {}} if method == "tasks/update" else {})}
    if method == "logging/setLevel":
        return {"level": dice.pick(LOG_LEVELS)}
    if method in ("resources/subscribe", "resources/unsubscribe"):
        return {"uri": dice.pick(RESOURCES)}
    if method == "initialize":
        return {"protocolVersion": dice.pick(LEGACY_VERSIONS), "capabilities": {}, "clientInfo": {"name": "fuzz", "version": "1"}}
    return {}


def arguments(tool: str, dice: Any) -> dict[str, Any]:
    """Good arguments of a tool."""
    if tool == "echo":
        made: dict[str, Any] = {"text": "x" + dice.text(20)[:39]}
        if dice.often(0.4):
            made["count"] = Number(dice.pick(("0", "1000", "12", "12.0", "1e2")))
        if dice.often(0.3):
            made["ratio"] = Number(dice.pick(("0.5", "1e-400", "3")))
        if dice.often(0.3):
            made["mode"] = dice.pick(("fast", "slow", Number("7"), Number("7.0")))
        if dice.often(0.3):
            made["tags"] = [f"tag{dice.pick('abc')}"[dice.randrange(3):]]
        if dice.often(0.3):
            made["node"] = {"value": None, "next": {"value": Number("1.5")}}
        return made
    if tool == "any":
        return {dice.text(6): dice.value(3) for _ in range(dice.randrange(4))}
    if tool == "routed":
        made = {"region": dice.text(), "count": Number(str(dice.randint(-2**53 + 1, 2**53 - 1))), "dry": dice.often(0.5)}
        return {key: value for key, value in made.items() if dice.often(0.6)}
    return {}


def meta(dice: Any) -> dict[str, Any]:
    """A good `_meta` of the modern era."""
    made: dict[str, Any] = {VERSION_KEY: MODERN, CAPABILITIES_KEY: {}}
    if dice.often(0.3):
        made[CAPABILITIES_KEY] = {"elicitation": {}, "sampling": {}, "extensions": {TASKS_EXTENSION: {}}}
    if dice.often(0.3):
        made[CLIENT_INFO_KEY] = {"name": dice.text(), "version": "1"}
    if dice.often(0.2):
        made[LOG_LEVEL_KEY] = dice.pick(LOG_LEVELS)
    if dice.often(0.3):
        made["progressToken"] = dice.pick((dice.text(), Number("7"), Number("-1")))
    if dice.often(0.2):
        made["traceparent"] = dice.pick((dice.text(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
    return made
