"""Foretells the answer to a message: a second reading of the protocol's rules, independent of the server's.

Where the protocol leaves a choice, every choice is allowed; everything else is one status, one code, one id."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from kit.messages import CAPABILITIES_KEY, LOG_LEVEL_KEY, VERSION_KEY
from kit.settings import LEGACY_VERSIONS, MODERN

from . import json_text, world
from .json_text import Number


class _NoID:
    def __repr__(self) -> str:
        return "no id"


NO_ID = _NoID()


@dataclass(frozen=True)
class Outcome:
    """One answer that is allowed. On stdio nobody looks at the status."""

    status: int
    code: int | None = None  # of a JSON-RPC error; None: a result, or no body where the status has none
    id: Any = NO_ID
    says: str = ""  # what the message of the error must match: where to look, what to do
    check: Callable[[Any], str | None] | None = None  # of the result, or of the error's data: what is wrong with it


@dataclass(frozen=True)
class Batch:
    """An answer that is an array: the statuses that it may have, and what each message is answered with. One that is silent need not be
    answered; where none of its outcomes is an answer it must not be."""

    statuses: tuple[int, ...]
    members: tuple[Foretold, ...]


@dataclass(frozen=True)
class Foretold:
    outcomes: tuple[Outcome, ...]  # none: an array is the only answer
    method: str = ""
    version: str = MODERN
    silent: bool = False  # nothing is answered: 202 over HTTP, not a byte on stdio
    opens_session: str | None = None  # the version of the session that a result begins
    is_stream: bool = False
    batch: Batch | None = None

    def __or__(self, other: Foretold) -> Foretold:
        """Either of the two; what only one says of itself holds for both."""
        return Foretold(
            self.outcomes + other.outcomes, self.method or other.method, other.version if other.method else self.version,
            self.silent or other.silent, self.opens_session or other.opens_session, self.is_stream or other.is_stream,
            self.batch or other.batch)


@dataclass
class Facts:
    """What a message came with: its MCP headers over HTTP, None on stdio; and the live session it belongs to."""

    headers: dict[str, list[bytes]] | None = None
    session: str | None = None  # version of the live session
    names_unknown_session: bool = False
    cursors: dict[str, set[str]] = field(default_factory=dict)  # those that are good, by method
    in_batch: bool = False

    def header(self, name: str) -> list[str]:
        return [value.decode("utf-8", "replace").strip(" \t") for value in (self.headers or {}).get(name, [])]


def error(status: int, code: int, id: Any = NO_ID, says: str = "", check: Callable[[Any], str | None] | None = None) -> Foretold:
    return Foretold((Outcome(status, code, id, says, check),))


def either_status(foretold: Foretold) -> Foretold:
    """-32602 of a handler: the protocol leaves its status open."""
    return replace(foretold, outcomes=tuple(replace(o, status=s) for o in foretold.outcomes for s in (200, 400)))


SILENCE = Foretold((Outcome(202),), silent=True)


def foretell(data: bytes, facts: Facts) -> Foretold:
    try:
        message = json_text.read(data)
    except json_text.NotJSON:
        return error(400, -32700, says=r"Parse error: .+ \(at byte \d+\)")
    return _batch(message, facts) if isinstance(message, list) else _message(message, facts)


# --- several messages in an array

def _batch(messages: list[Any], facts: Facts) -> Foretold:
    refused = error(400, -32600, says="batches")
    if facts.headers is not None:
        versions = facts.header("mcp-protocol-version")
        if versions and ", ".join(versions) not in LEGACY_VERSIONS:
            # As an array, or as what each message of it would be.
            return refused | error(400, -32000, says="version") if facts.session else refused
        if facts.names_unknown_session:
            return _no_session(NO_ID, facts)
    if facts.session != world.BATCHES:
        return refused
    if not messages:
        return error(400, -32600, says="empty")
    if len(messages) > world.MOST_IN_BATCH:
        return error(400, -32600, says=str(world.MOST_IN_BATCH))
    members = tuple(_member(messages, place, facts) for place in range(len(messages)))
    if any(not member.silent for member in members):
        # A request that is served is answered with 200. What has none may be a bad request as a whole.
        statuses = (200,) if any(map(_is_served, messages)) else (200, 400)
        return Foretold((), batch=Batch(statuses, members))
    unfit = error(400, -32600)
    if facts.headers is not None and any(map(_is_unfit, messages)):
        # Nothing but notifications and responses: they are taken, or there is an error of HTTP.
        members = tuple(member | unfit if _is_unfit(message) else member for message, member in zip(messages, members, strict=True))
        return replace(SILENCE | unfit, batch=Batch((400,), members))
    return replace(SILENCE, batch=Batch((200,), members))


def _member(messages: list[Any], place: int, facts: Facts) -> Foretold:
    """What a message of a batch is answered with: what it is answered with alone, unless others have to do with it."""
    message = messages[place]
    told = _message(message, replace(facts, in_batch=True))
    if not _is_served(message) or message["method"] not in world.CANCELLABLE:
        return told
    id = message["id"]
    if any(_is_served(other) and other["method"] in world.CANCELLABLE and _same(other["id"], id) for other in messages[:place]):
        told = told | error(400, -32600, id, "under way")
    if any(_takes_back(other, id) for other in messages[place + 1:]):
        told = replace(told, silent=True)
    return told


def _same(id: Any, other: Any) -> bool:
    return isinstance(id, Number) == isinstance(other, Number) and id == other


def _takes_back(message: Any, id: Any) -> bool:
    """Whether it says that the answer to the request with this id is not wanted any more."""
    params = message.get("params") if isinstance(message, dict) else None
    return isinstance(params, dict) and message.get("method") == "notifications/cancelled" and _same(params.get("requestId"), id)


def _is_unfit(message: Any) -> bool:
    """Whether it is of a kind that no batch may hold."""
    return isinstance(message, dict) and (message.get("method") == "initialize" or _is_modern(_meta_of(message.get("params"))))


def _is_served(message: Any) -> bool:
    """Whether it is a request as it should be, beyond doubt, that may be in a batch."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or isinstance(message["jsonrpc"], Number) or _is_unfit(message):
        return False
    return _is_string(message.get("method")) and isinstance(message.get("params", {}), dict) and _is_token(message.get("id")) is True


# --- one message

def _message(message: Any, facts: Facts) -> Foretold:
    if not isinstance(message, dict):
        return error(400, -32600, says="object")
    id = message.get("id", NO_ID)
    if isinstance(id, Number) and id.is_integer and not re.fullmatch(r"-?\d+", id):
        # A whole number in another spelling: an integer to JSON Schema, not to all.
        return error(400, -32600, says="id") | _shape(message, id, facts)
    is_id = isinstance(id, str) and (not isinstance(id, Number) or id.is_integer)
    if message.get("jsonrpc") != "2.0" or isinstance(message.get("jsonrpc"), Number):
        return error(400, -32600, id if is_id else NO_ID, "jsonrpc")
    if id is not NO_ID and not is_id:
        return error(400, -32600, says="id must be")
    return _shape(message, id, facts)


def _shape(message: dict[str, Any], id: Any, facts: Facts) -> Foretold:
    if message.get("jsonrpc") != "2.0" or isinstance(message.get("jsonrpc"), Number):
        return error(400, -32600, id, "jsonrpc")
    if "method" not in message:
        if id is NO_ID or ("result" in message) == ("error" in message):
            return error(400, -32600, id, "method")
        return _response(facts)
    method = message["method"]
    if not isinstance(method, str) or isinstance(method, Number):
        return error(400, -32600, id, "method")
    params = message.get("params", {})
    if not isinstance(params, dict):
        return error(400, -32602, id, "params") | error(400, -32600, id, "params")
    meta = _meta_of(params)
    is_modern = _is_modern(meta)
    if facts.in_batch and _is_unfit(message):
        # What has no id is never answered, whatever it is.
        return SILENCE if id is NO_ID else error(400, -32600, id, "initialize|batches")
    if facts.headers is None:
        return _stdio(method, params, meta, is_modern, id, facts)
    return _http(method, params, meta, is_modern, id, facts)


def _response(facts: Facts) -> Foretold:
    """It has no params, so the header alone says which era it is of."""
    if facts.headers is None:
        return SILENCE
    versions = facts.header("mcp-protocol-version")
    if versions and ", ".join(versions) not in LEGACY_VERSIONS:
        return error(400, -32000 if facts.session else -32600, says="version")
    return SILENCE if facts.session else _no_session(NO_ID, facts)


def _meta_of(params: Any) -> dict | None:
    meta = params.get("_meta") if isinstance(params, dict) else None
    return meta if isinstance(meta, dict) else None


def _is_modern(meta: dict | None) -> bool:
    return meta is not None and (VERSION_KEY in meta or CAPABILITIES_KEY in meta)


def _no_session(id: Any, facts: Facts) -> Foretold:
    if facts.names_unknown_session:
        return error(404, -32001, id, "[Ss]ession")
    return error(400, -32000, id, "Mcp-Session-Id")


def _stdio(method: str, params: dict, meta: dict | None, is_modern: bool, id: Any, facts: Facts) -> Foretold:
    if id is NO_ID:
        return SILENCE
    if is_modern:
        return _modern(method, params, meta, id, facts)
    if facts.session:
        return _legacy(method, params, meta, id, facts)
    if method == "initialize":
        return _initialize(params, id)
    if method == "ping":
        return _result(id, "ping", facts.session or LEGACY_VERSIONS[-1])
    return error(400, -32602, id, r"_meta.*initialize")


def _http(method: str, params: dict, meta: dict | None, is_modern: bool, id: Any, facts: Facts) -> Foretold:
    versions = facts.header("mcp-protocol-version")
    version = ", ".join(versions)
    if is_modern or versions and version not in LEGACY_VERSIONS:
        if not is_modern and facts.session:
            return error(400, -32000, id, "version")
        if id is NO_ID:
            return SILENCE | error(400, -32022) | error(400, -32020) | error(400, -32602)
        return _modern(method, params, meta, id, facts)
    if method == "initialize" and not facts.session:
        if id is NO_ID:
            return error(400, -32600, says="id") | error(404, -32001, says="[Ss]ession")
        begun = _initialize(params, id)
        return _no_session(id, facts) | begun if facts.names_unknown_session else begun
    if not facts.session:
        return _no_session(id, facts)
    if id is NO_ID:
        return SILENCE
    return _legacy(method, params, meta, id, facts)


def _initialize(params: dict, id: Any) -> Foretold:
    wanted = params.get("protocolVersion")
    if not _is_string(wanted):
        return error(400, -32602, id, "protocolVersion")
    for member in ("capabilities", "clientInfo"):
        if member in params and not isinstance(params[member], dict):
            return error(400, -32602, id, member)
    version = wanted if wanted in LEGACY_VERSIONS else LEGACY_VERSIONS[-1]

    def check(result: Any) -> str | None:
        return None if result["protocolVersion"] == version else f"negotiated {result['protocolVersion']}, not {version}"
    return replace(_result(id, "initialize", version, check), opens_session=version)


def _result(id: Any, method: str, version: str, check: Callable[[Any], str | None] | None = None) -> Foretold:
    return Foretold((Outcome(200, None, id, check=check),), method=method, version=version)


def _is_string(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def _is_token(value: Any) -> bool | None:
    """Whether it is a string or an integer; None for whole numbers in another spelling."""
    if isinstance(value, Number):
        return True if re.fullmatch(r"-?\d+", value) else None if value.is_integer else False
    return isinstance(value, str)


def _modern(method: str, params: dict, meta: dict | None, id: Any, facts: Facts) -> Foretold:
    for key, kind in ((VERSION_KEY, "string"), (CAPABILITIES_KEY, "object")):
        if meta is None or key not in meta:
            return error(400, -32602, id, f"_meta.*({VERSION_KEY}|{CAPABILITIES_KEY})")
        if not (_is_string(meta[key]) if kind == "string" else isinstance(meta[key], dict)):
            return error(400, -32602, id, f"{key}.*{kind}")
    version = meta[VERSION_KEY]
    if facts.headers is not None:
        headers = facts.header("mcp-protocol-version")
        if not headers or ", ".join(headers) != version:
            return error(400, -32020, id, "MCP-Protocol-Version")
    if version != MODERN:
        def check(data: Any) -> str | None:
            return None if data["requested"] == version and data["supported"] == [MODERN] else f"data is {data}"
        return error(400, -32022, id, "version", check)
    if facts.headers is not None and (wrong := _misrouted(method, params, facts)):
        return error(400, -32020, id, wrong)
    if method not in world.MODERN_METHODS:
        return error(404, -32601, id, "Method not found")
    unsure = False
    if world.CLIENT_INFO_KEY in meta and not isinstance(meta[world.CLIENT_INFO_KEY], dict):
        return either_status(error(400, -32602, id, "clientInfo"))
    if LOG_LEVEL_KEY in meta and meta[LOG_LEVEL_KEY] not in world.LOG_LEVELS:
        return either_status(error(400, -32602, id, "logLevel.*debug"))
    if "progressToken" in meta:
        fit = _is_token(meta["progressToken"])
        if fit is False:
            return either_status(error(400, -32602, id, "progressToken"))
        unsure = fit is None
    served = _served(method, params, id, MODERN, facts, meta)
    return either_status(error(400, -32602, id, "progressToken")) | served if unsure else served


def decoded(value: str) -> str | None:
    """A header's text; None where it is encoded and can't be decoded, or has what a header must not have."""
    if not re.fullmatch(r"[\x20-\x7e\t]*", value):
        return None
    match = re.fullmatch(r"=\?base64\?(.*)\?=", value)
    if match is None:
        return value
    try:
        content = base64.b64decode(match.group(1), validate=True)
        if base64.b64encode(content).decode() != match.group(1):
            return None  # bits beyond the end
        return content.decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None


def _misrouted(method: str, params: dict, facts: Facts) -> str | None:
    """The header that doesn't say what the body says."""
    if facts.header("mcp-method") != [method]:
        return "Mcp-Method"
    key = world.NAMED.get(method)
    if key is None:
        return None
    names = facts.header("mcp-name")
    body = params.get(key)
    if not names and not _is_string(body):
        return None  # it is the handler that misses it
    if len(names) == 1 and _is_string(body) and decoded(names[0]) == body:
        return None
    return "Mcp-Name"


def _legacy(method: str, params: dict, meta: dict | None, id: Any, facts: Facts) -> Foretold:
    if method == "initialize":
        return either_status(error(400, -32600, id, "initialized"))
    if method not in world.LEGACY_METHODS:
        return error(200, -32601, id, "Method not found")
    token = _is_token(meta["progressToken"]) if meta is not None and "progressToken" in meta else True
    bad = either_status(error(400, -32602, id, "progressToken"))
    if token is False:
        return bad
    served = _served(method, params, id, facts.session, facts, meta or {})
    return bad | served if token is None else served


def _bad(id: Any, says: str, check: Callable[[Any], str | None] | None = None) -> Foretold:
    return either_status(error(200, -32602, id, says, check))


def _served(method: str, params: dict, id: Any, version: str, facts: Facts, meta: dict) -> Foretold:
    """What a handler answers."""
    if method in world.LISTS:
        return _list(method, params, id, version, facts)
    if method == "tools/call":
        return _call(params, id, version, facts, meta)
    if method == "resources/read":
        return _read(params, id, version)
    if method == "prompts/get":
        return _prompt(params, id, version)
    if method == "completion/complete":
        return _complete(params, id, version)
    if method == "subscriptions/listen":
        return _listen(params, id, meta)
    if method in world.TASK_METHODS:
        if not _knows_tasks(meta):
            return _without_tasks(id)
        # Nobody has any.
        return _bad(id, "[Uu]nknown task" if _is_string(params.get("taskId")) else "taskId")
    if method == "logging/setLevel" and params.get("level") not in world.LOG_LEVELS:
        return _bad(id, "level.*debug")
    if method in ("resources/subscribe", "resources/unsubscribe") and not _is_string(params.get("uri")):
        return _bad(id, "uri")
    good = _result(id, method, version)
    if method == "resources/unsubscribe" and world.reads(params["uri"]) is not True:
        return good | _bad(id, "uri")
    if method == "resources/subscribe" and (watched := world.watches(params["uri"])) is not True:
        refused = _bad(id, "uri") | error(200, -32002, id)
        return refused if watched is False else good | refused
    return good


def _list(method: str, params: dict, id: Any, version: str, facts: Facts) -> Foretold:
    if "cursor" in params:
        cursor = params["cursor"]
        if not _is_string(cursor):
            return _bad(id, "cursor")
        if cursor not in facts.cursors.get(method, ()):
            return _bad(id, "cursor.*list again")
    return _result(id, method, version)


def _carries_state(params: dict, id: Any, version: str) -> Foretold | None:
    """What is wrong with what a client brings along when it tries again."""
    if version != MODERN:
        return None
    if "inputResponses" in params and not isinstance(params["inputResponses"], dict):
        return _bad(id, "inputResponses")
    if "requestState" in params:
        def check(data: Any) -> str | None:
            return None if data == {"reason": "invalid_request_state"} else f"data is {data}"
        return _bad(id, "requestState", check)
    return None


# What is said of an argument that its header does not say.
MIRROR = "mcp-param-|the argument (region|count|dry) is"


def _call(params: dict, id: Any, version: str, facts: Facts, meta: dict) -> Foretold:
    name = params.get("name")
    if not _is_string(name):
        return _bad(id, "name|params")
    given = params.get("arguments", {})
    if not isinstance(given, dict):
        return _bad(id, "arguments")
    if name not in world.TOOLS:
        return _bad(id, "Unknown tool")
    mirrored: bool | None = True
    if name == "routed" and version == MODERN and facts.headers is not None:
        mirrored = _is_mirrored(given, facts)
        if mirrored is False:
            return error(400, -32020, id, MIRROR)
    carried = _carries_state(params, id, version)
    if carried is not None:
        return carried if mirrored else error(400, -32020, id, MIRROR) | carried
    if name == "ask":
        return _ask(params, id, version, meta)
    fit = world.fits(name, given)

    def check(result: Any) -> str | None:
        if bool(result.get("isError")) == fit:
            return f"isError is {not fit}, though the arguments are {'good' if fit else 'wrong'}"
        if not fit:
            return None if result["content"][0]["text"].strip() else "nothing is said"
        if version == MODERN and result.get("structuredContent") != given:
            return f"structuredContent is {result.get('structuredContent')!r}"
        return None if json_text.read(result["content"][0]["text"].encode()) == given else "the text is another"
    # A key that is said twice: each of its members is checked, the last one counts. Readers differ.
    result = _result(id, "tools/call", version, None if world.has_repeated_keys(given) else check)
    return result if mirrored else error(400, -32020, id, MIRROR) | result


def _ask(params: dict, id: Any, version: str, meta: dict) -> Foretold:
    result = _result(id, "tools/call", version)
    if version != MODERN:
        return result | error(200, -32602, id) | error(200, -32603, id)
    elicitation = (meta.get(CAPABILITIES_KEY) or {}).get("elicitation")
    if isinstance(elicitation, dict) and (not elicitation or "form" in elicitation):
        return result
    missing = error(400, -32021, id, "capability|elicitation")
    return missing | result if "inputResponses" in params or elicitation is not None else missing


def _is_mirrored(given: dict, facts: Facts) -> bool | None:
    """Whether the headers say what the arguments say; None where they may be read either way."""
    verdict: bool | None = True
    for key, header in world.MIRRORED.items():
        values, argument = facts.header(header), given.get(key)
        if len(values) > 1 or key in getattr(given, "twice", ()):
            return False
        if argument is None:
            if values:
                return False
            continue
        text = decoded(values[0]) if values else None
        if text is None:
            return False
        if isinstance(argument, bool):
            if text != ("true" if argument else "false"):
                return False
        elif isinstance(argument, Number):
            try:
                same = world.exact(json_text.read(text.encode())) == world.exact(argument)
            except (json_text.NotJSON, ValueError):
                return False
            if not same:
                return False
            if text != argument or not argument.is_integer or abs(world.exact(argument)) >= 2**53:
                verdict = None
        elif isinstance(argument, str):
            if text != argument:
                return False
        else:
            verdict = None
    return verdict


def _read(params: dict, id: Any, version: str) -> Foretold:
    uri = params.get("uri")
    if not _is_string(uri):
        return _bad(id, "uri")
    known = world.reads(uri)
    unknown = error(200, -32002, id, "not found", lambda data: None if data["uri"] else "no uri") if version != MODERN else \
        _bad(id, "Resource not found", lambda data: None if data["uri"] else "no uri")
    refused = unknown | _bad(id, "uri")
    if known is False:
        return refused
    carried = _carries_state(params, id, version)
    good = _result(id, "resources/read", version)
    if carried is not None:
        good = carried | good if uri == "ambit://scopes" else carried
    return good if known else refused | good


def _prompt(params: dict, id: Any, version: str) -> Foretold:
    name, given = params.get("name"), params.get("arguments", {})
    if not _is_string(name):
        return _bad(id, "name")
    if not isinstance(given, dict):
        return _bad(id, "arguments")
    if name not in world.PROMPTS:
        return _bad(id, "Unknown prompt")
    wrong = any(not _is_string(value) for value in given.values()) or (world.PROMPTS[name] and "word" not in given)
    carried = _carries_state(params, id, version)
    if wrong:
        return _bad(id, "argument")
    if world.has_repeated_keys(given):
        return (carried or _result(id, "prompts/get", version)) | _bad(id, "argument")
    return carried or _result(id, "prompts/get", version)


def _complete(params: dict, id: Any, version: str) -> Foretold:
    ref, argument, context = params.get("ref"), params.get("argument"), params.get("context", {})
    if not isinstance(ref, dict):
        return _bad(id, "ref")
    kind = {"ref/prompt": "name", "ref/resource": "uri"}.get(ref.get("type") if _is_string(ref.get("type")) else "")
    if kind is None:
        return _bad(id, "ref.type")
    if not _is_string(ref.get(kind)):
        return _bad(id, f"ref.{kind}")
    if not isinstance(argument, dict) or not _is_string(argument.get("name")) or not _is_string(argument.get("value")):
        return _bad(id, "argument")
    if not isinstance(context, dict) or not isinstance(context.get("arguments", {}), dict) \
            or any(not _is_string(value) for value in context.get("arguments", {}).values()):
        return _bad(id, "context")
    names = (world.PROMPTS if kind == "name" else {**world.TEMPLATES, **dict.fromkeys(world.RESOURCES, ())}).get(ref[kind])
    if names is None:
        return _bad(id, "Unknown prompt|ref.uri")
    if argument["name"] not in names:
        return _bad(id, "argument")
    return _result(id, "completion/complete", version)


def _knows_tasks(meta: dict) -> bool:
    extensions = meta[CAPABILITIES_KEY].get("extensions")
    return isinstance(extensions, dict) and isinstance(extensions.get(world.TASKS_EXTENSION), dict)


def _without_tasks(id: Any) -> Foretold:
    required = {"requiredCapabilities": {"extensions": {world.TASKS_EXTENSION: {}}}}
    return error(400, -32021, id, "tasks", lambda data: None if data == required else f"data is {data}")


def _listen(params: dict, id: Any, meta: dict) -> Foretold:
    wanted = params.get("notifications")
    if not isinstance(wanted, dict):
        return _bad(id, "notifications")
    for key in ("toolsListChanged", "promptsListChanged", "resourcesListChanged"):
        if not isinstance(wanted.get(key, False), bool):
            return _bad(id, key)
    for key in ("resourceSubscriptions", "taskIds"):
        texts = wanted.get(key, [])
        if not isinstance(texts, list) or not all(_is_string(text) for text in texts):
            return _bad(id, key)
    if "taskIds" in wanted and not _knows_tasks(meta):
        return _without_tasks(id)

    def check(params: Any) -> str | None:
        honoured = params["notifications"]
        for key, value in honoured.items():
            if key == "resourceSubscriptions":
                asked = list(dict.fromkeys(wanted.get(key, [])))
                there = [uri for uri in asked if uri in value]
                if value != there or any(world.watches(uri) not in (None, uri in value) for uri in asked):
                    return f"acknowledges {value!r} of {asked!r}"
            elif value != (wanted.get(key) if key != "taskIds" else []):
                return f"acknowledges {key}: {value!r}, which was not asked for"
        return None
    return replace(_result(id, "subscriptions/listen", MODERN, check), is_stream=True)
