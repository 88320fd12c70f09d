"""Messages of both eras, as a client writes them."""

from __future__ import annotations

import base64
import json
from typing import Any

from .settings import LEGACY, MODERN

PREFIX = "io.modelcontextprotocol/"
VERSION_KEY = PREFIX + "protocolVersion"
CAPABILITIES_KEY = PREFIX + "clientCapabilities"
LOG_LEVEL_KEY = PREFIX + "logLevel"
CLIENT_INFO_KEY = PREFIX + "clientInfo"
SERVER_INFO_KEY = PREFIX + "serverInfo"
CLIENT_INFO = {"name": "ambit-tests", "version": "1"}
ACCEPT = "application/json, text/event-stream"


def encode(message: Any) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()


def notification(method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, **({"params": params} if params is not None else {})}


def modern(method: str, params: dict[str, Any] | None = None, *, id: Any = 1, version: str = MODERN,
           progress: Any = None, log_level: str | None = None, capabilities: dict[str, Any] | None = None) -> dict[str, Any]:
    """A request of the stateless era: everything about the client is in its `_meta`."""
    meta: dict[str, Any] = {
        VERSION_KEY: version, CAPABILITIES_KEY: capabilities or {}, CLIENT_INFO_KEY: CLIENT_INFO,
    }
    if progress is not None:
        meta["progressToken"] = progress
    if log_level is not None:
        meta[LOG_LEVEL_KEY] = log_level
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": {**(params or {}), "_meta": meta}}


def legacy(method: str, params: dict[str, Any] | None = None, *, id: Any = 1, progress: Any = None) -> dict[str, Any]:
    """A request of the era with sessions."""
    if progress is not None:
        params = {**(params or {}), "_meta": {"progressToken": progress}}
    return {"jsonrpc": "2.0", "id": id, "method": method, **({"params": params} if params is not None else {})}


def initialize(version: str = LEGACY, *, id: Any = 0, capabilities: dict[str, Any] | None = None) -> dict[str, Any]:
    return legacy("initialize", {"protocolVersion": version, "capabilities": capabilities or {}, "clientInfo": CLIENT_INFO}, id=id)


def header_value(text: str) -> str:
    """Mcp-Name as it goes over the wire: encoded where it holds what a header can't."""
    plain = all(0x20 <= ord(c) < 0x7F for c in text) and text == text.strip() and not text.startswith("=?base64?")
    return text if plain else f"=?base64?{base64.b64encode(text.encode()).decode()}?="


def headers(message: dict[str, Any], *, session: str | None = None, version: str | None = None) -> dict[str, str]:
    """The headers that go with a message; a session or a version of the legacy era where given."""
    found = {"Content-Type": "application/json", "Accept": ACCEPT}
    meta = (message.get("params") or {}).get("_meta") or {} if isinstance(message, dict) else {}
    if VERSION_KEY in meta:
        found["MCP-Protocol-Version"] = meta[VERSION_KEY]
        found["Mcp-Method"] = message["method"]
        params = message["params"]
        name = params.get({"tools/call": "name", "prompts/get": "name", "resources/read": "uri", "tasks/get": "taskId",
                           "tasks/update": "taskId", "tasks/cancel": "taskId"}.get(message["method"]))
        if isinstance(name, str):
            found["Mcp-Name"] = header_value(name)
    if session is not None:
        found["Mcp-Session-Id"] = session
    if version is not None:
        found["MCP-Protocol-Version"] = version
    return found
