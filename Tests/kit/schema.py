"""Validates every message of both directions against the official schema of its protocol version."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from .settings import SCHEMAS

# The result of each request, by the name of its definition. `ping` and its like answer an empty result.
CLIENT_RESULTS = {
    "elicitation/create": "ElicitResult", "sampling/createMessage": "CreateMessageResult", "roots/list": "ListRootsResult",
}
RESULTS = {
    "initialize": "InitializeResult",
    "server/discover": "DiscoverResult",
    "tools/list": "ListToolsResult",
    "tools/call": "CallToolResult",
    "prompts/list": "ListPromptsResult",
    "prompts/get": "GetPromptResult",
    "resources/list": "ListResourcesResult",
    "resources/templates/list": "ListResourceTemplatesResult",
    "resources/read": "ReadResourceResult",
    "completion/complete": "CompleteResult",
    "subscriptions/listen": "SubscriptionsListenResult",
}
EMPTY_RESULTS = ("ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe")
# Errors of the modern revision that have a definition of their own (of the whole response).
ERRORS = {
    -32020: "HeaderMismatchError",
    -32021: "MissingRequiredClientCapabilityError",
    -32022: "UnsupportedProtocolVersionError",
}


# The tasks extension, which has no official schema: what its text says of a task (2026-07-28).
TASK = {
    "type": "object",
    "required": ["resultType", "taskId", "status", "createdAt", "lastUpdatedAt", "ttlMs"],
    "properties": {
        "taskId": {"type": "string"}, "statusMessage": {"type": "string"}, "pollIntervalMs": {"type": "integer"},
        "status": {"enum": ["working", "input_required", "completed", "failed", "cancelled"]},
        "createdAt": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"}, "ttlMs": {"type": ["integer", "null"]},
    },
    "not": {"anyOf": [{"required": ["task"]}, {"required": ["requestState"]}]},
}
CREATED_TASK = {
    "allOf": [TASK], "properties": {"resultType": {"const": "task"}},
    "not": {"anyOf": [{"required": [name]} for name in ("result", "error", "inputRequests")]},
}
DETAILED_TASK = {
    "allOf": [TASK, *({
        "if": {"properties": {"status": {"const": status}}},
        "then": {"required": wanted, "not": {"anyOf": [{"required": [other]} for other in ("result", "error", "inputRequests") if other not in wanted]}},
    } for status, wanted in (("working", []), ("input_required", ["inputRequests"]), ("completed", ["result"]), ("failed", ["error"]),
                             ("cancelled", [])))],
    "properties": {"error": {"type": "object", "required": ["code", "message"]}},
}
ACKNOWLEDGED_TASK = {
    "required": ["resultType"], "properties": {"resultType": {"const": "complete"}}, "not": {"required": ["taskId"]},
}
TASK_RESULTS = {"tasks/get": DETAILED_TASK, "tasks/update": ACKNOWLEDGED_TASK, "tasks/cancel": ACKNOWLEDGED_TASK}


class InvalidMessage(AssertionError):
    """A message that its schema refuses."""


@cache
def _document(version: str) -> dict[str, Any]:
    path = SCHEMAS / f"{version}.json"
    if not path.exists():
        pytest.skip(f"the official MCP schemas are not here ({path}); AMBIT_MCP_SCHEMAS names their folder")
    return json.loads(path.read_text())


class Schema:
    """The schema of one protocol version."""

    def __init__(self, version: str) -> None:
        self.version = version
        document = _document(version)
        self.key = "$defs" if "$defs" in document else "definitions"
        self.definitions: dict[str, Any] = document[self.key]
        dialect = jsonschema.validators.validator_for(document)
        self._registry = Registry().with_resource("mcp:schema", Resource.from_contents(document))
        self._dialect = dialect
        self._methods = {
            definition["properties"]["method"]["const"]: name
            for name, definition in self.definitions.items()
            if "const" in definition.get("properties", {}).get("method", {})
        }
        self._validators: dict[str, Any] = {}

    def validate(self, name: str, value: Any) -> None:
        if name not in self._validators:
            if name not in self.definitions:
                raise InvalidMessage(f"{self.version} has no definition {name}")
            self._validators[name] = self._dialect(
                {"$ref": f"mcp:schema#/{self.key}/{name}"}, registry=self._registry)
        error = jsonschema.exceptions.best_match(self._validators[name].iter_errors(value))
        if error is not None:
            raise InvalidMessage(
                f"not a {name} of {self.version}: {error.message} at /{'/'.join(map(str, error.absolute_path))}\n"
                f"{json.dumps(value)[:2000]}")

    def request(self, message: dict[str, Any]) -> None:
        """A request, of either side."""
        self.validate("JSONRPCRequest", message)
        self._by_method(message)

    def notification(self, message: dict[str, Any]) -> None:
        self.validate("JSONRPCNotification", message)
        if "id" in message:
            raise InvalidMessage(f"a notification with an id: {message}")
        self._by_method(message)

    def _by_method(self, message: dict[str, Any]) -> None:
        method = message["method"]
        if method in TASK_RESULTS:
            return
        if method == "notifications/tasks":
            return self._extension(DETAILED_TASK, {"resultType": "complete", **message["params"]})
        if method not in self._methods:
            raise InvalidMessage(f"{self.version} knows no method {method!r}")
        self.validate(self._methods[method], message)

    def response(self, message: dict[str, Any], method: str) -> None:
        """The answer to a request with that method."""
        if ("result" in message) == ("error" in message):
            raise InvalidMessage(f"a response has either a result or an error: {message}")
        if "error" in message:
            name = "JSONRPCErrorResponse" if "JSONRPCErrorResponse" in self.definitions else "JSONRPCError"
            self.validate(name, message)
            specific = ERRORS.get(message["error"]["code"])
            if specific is not None:
                self.validate(specific, message)
            return
        name = "JSONRPCResultResponse" if "JSONRPCResultResponse" in self.definitions else "JSONRPCResponse"
        self.validate(name, message)
        result = message["result"]
        if method in EMPTY_RESULTS:
            self.validate("EmptyResult", result)
            if result:
                raise InvalidMessage(f"the result of {method} must be empty: {result}")
        elif method in TASK_RESULTS:
            self._extension(TASK_RESULTS[method], result)
            if "result" in result:
                self.validate("CallToolResult", {"resultType": "complete", **result["result"]})
        elif result.get("resultType") == "task":
            self._extension(CREATED_TASK, result)
        elif result.get("resultType") == "input_required":
            self.validate("InputRequiredResult", result)
        else:
            self.validate(RESULTS[method], result)

    @staticmethod
    def _extension(schema: dict[str, Any], value: Any) -> None:
        error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(value))
        if error is not None:
            raise InvalidMessage(f"not what the tasks extension says: {error.message}\n{json.dumps(value)[:2000]}")

    def from_client(self, message: dict[str, Any], answers: str = "") -> None:
        """`answers`: the method of the server's request that a response is for."""
        if "method" not in message:
            if "result" in message:
                self.validate(CLIENT_RESULTS[answers], message["result"])
            return
        self.request(message) if "id" in message else self.notification(message)

    def from_server(self, message: Any, methods: dict[Any, str]) -> None:
        """`methods` names the method of each request in flight, by id."""
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            raise InvalidMessage(f"not a JSON-RPC message: {message!r}")
        if "method" in message:
            self.request(message) if "id" in message else self.notification(message)
            return
        if "id" not in message:
            self.response(message, "")
            return
        if message["id"] not in methods:
            raise InvalidMessage(f"a response to no request of ours: {message}")
        self.response(message, methods[message["id"]])


@cache
def schema(version: str) -> Schema:
    return Schema(version)
