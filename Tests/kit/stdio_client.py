"""Our own MCP client over stdio: keeps every byte of stdout and validates every message."""

from __future__ import annotations

import itertools
import json
import queue
import subprocess
import threading
import time
from typing import Any

from . import messages
from .schema import Schema, schema
from .server import ServerProcess
from .settings import LEGACY, MODERN, within


class StdioClient(ServerProcess):
    """`ambit stdio` and the client at its other end. `era` None sends nothing by itself."""

    def __init__(self, *arguments: str, era: str | None = "modern", version: str | None = None,
                 environment: dict[str, str] | None = None, capabilities: dict[str, Any] | None = None) -> None:
        super().__init__(["stdio", *arguments], stdin=subprocess.PIPE, environment=environment)
        self.era, self.capabilities = era, capabilities
        self.version = version or (LEGACY if era == "legacy" else MODERN)
        self.schema = schema(self.version)
        self.lines: list[bytes] = []
        self.methods: dict[Any, str] = {}
        self._schemas: dict[Any, Schema] = {}  # of each request, by its id: both eras may share the pipe
        self.notifications: list[dict[str, Any]] = []
        self._ids = itertools.count(1)
        self._queue: queue.Queue[bytes | None] = queue.Queue()
        self._stdout_reader = threading.Thread(target=self._read_stdout, daemon=True)
        self._stdout_reader.start()
        if era == "legacy":
            try:
                self.initialized = self.request("initialize", messages.initialize(self.version, capabilities=capabilities)["params"])
                self.send(messages.notification("notifications/initialized"))
                self.request("logging/setLevel", {"level": "debug"})
            except BaseException:
                self.dispose()
                raise

    def _read_stdout(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line)
            self._queue.put(line)
        self._queue.put(None)

    def send(self, message: Any, *, check: bool = True) -> None:
        era = self.schema
        if isinstance(message, dict) and "id" in message and "method" in message:
            if messages.VERSION_KEY in ((message.get("params") or {}).get("_meta") or {}):
                era = schema(MODERN)
            self.methods[message["id"]] = message.get("method", "")
            self._schemas[message["id"]] = era
        if check:
            era.from_client(message)
        self.send_bytes(messages.encode(message) + b"\n")

    def send_bytes(self, data: bytes) -> None:
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def receive(self, seconds: float = 10) -> dict[str, Any] | None:
        """The next message, validated; None at the end of stdout."""
        try:
            line = self._queue.get(timeout=within(seconds))
        except queue.Empty:
            raise AssertionError(f"no message within {within(seconds):g} s\n{self.log()}") from None
        if line is None:
            return None
        message = json.loads(line)
        id = message.get("id") if isinstance(message, dict) else None
        self._schemas.get(id, self.schema).from_server(message, self.methods)
        if "method" in message:
            self.notifications.append(message)
        return message

    def receive_batch(self, seconds: float = 10) -> Any:
        """The next line, as it is: an array of answers, or the error that stands for it."""
        return json.loads(self._queue.get(timeout=within(seconds)))

    def silent(self, seconds: float) -> bool:
        """Whether nothing comes for so long. For proving that something is not sent."""
        try:
            line = self._queue.get(timeout=seconds)
        except queue.Empty:
            return True
        self._queue.put(line)
        return False

    def message(self, method: str, params: dict[str, Any] | None = None, *, progress: bool = False) -> dict[str, Any]:
        number = next(self._ids)
        token = f"p{number}" if progress else None
        if self.era == "legacy":
            return messages.legacy(method, params, id=number, progress=token)
        return messages.modern(method, params, id=number, progress=token, capabilities=self.capabilities,
                               log_level="debug" if progress else None)

    def start(self, method: str, params: dict[str, Any] | None = None, *, progress: bool = False) -> Any:
        """Sends a request and returns its id."""
        message = self.message(method, params, progress=progress)
        self.send(message)
        return message["id"]

    def finish(self, id: Any, seconds: float = 10) -> dict[str, Any]:
        """Reads on until the response to that request."""
        deadline = time.monotonic() + within(seconds)
        while time.monotonic() < deadline:
            message = self.receive(seconds)
            assert message is not None, f"stdout ended before the response to {id}\n{self.log()}"
            if message.get("id") == id and "method" not in message:
                return message
        raise AssertionError(f"no response to {id}")

    def request(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        response = self.finish(self.start(method, params))
        assert "result" in response, f"{method} answered {response}"
        return response["result"]

    def tool(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        result = self.request("tools/call", {"name": name, "arguments": arguments})
        assert not result.get("isError"), f"{name} failed: {result['content']}"
        return result["structuredContent"]

    def close_stdin(self) -> None:
        self.process.stdin.close()
