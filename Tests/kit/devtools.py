"""Debugging ports of browsers that are none: they answer up to a point, and then never again."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from typing import Any

ADDRESS = "/devtools/browser/1"
# What a client asks for until it is ready, and one evaluation.
RESULTS: dict[str, dict[str, Any]] = {
    "Browser.getVersion": {"product": "Imitation/1"}, "Target.createBrowserContext": {"browserContextId": "C"},
    "Target.createTarget": {"targetId": "P"}, "Target.attachToTarget": {"sessionId": "S"},
    "Runtime.evaluate": {"result": {"type": "number", "value": 42, "description": "42"}},
}


class DevTools:
    """`answers`: "nothing" accepts and is silent; "version" says where the WebSocket is; "socket" opens it; "all" answers commands."""

    def __init__(self, answers: str) -> None:
        self.answers, self.accepted = answers, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.accepted += 1
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                part = connection.recv(4096)
                if not part:
                    return
                head += part
            if b"/json/version" in head:
                if self.answers != "nothing":
                    body = json.dumps({"webSocketDebuggerUrl": f"ws://127.0.0.1:{self.port}{ADDRESS}"}).encode() + b"\n"
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            elif self.answers in ("socket", "all"):
                assert ADDRESS.encode() in head
                connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
                while self.answers == "all":
                    message = self._message(connection)
                    result = RESULTS.get(message["method"], {})
                    if message["method"] == "Runtime.evaluate" and "never" in message["params"]["expression"]:
                        continue
                    self._send(connection, {"id": message["id"], "result": result})
            while connection.recv(4096):
                continue

    @staticmethod
    def _exactly(connection: socket.socket, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = connection.recv(count - len(data))
            if not part:
                raise OSError("the client has gone")
            data += part
        return data

    def _message(self, connection: socket.socket) -> dict[str, Any]:
        first, second = self._exactly(connection, 2)
        assert first == 0x81 and second & 0x80, "a client's text is masked"
        size = second & 0x7F
        if size > 125:
            size = int.from_bytes(self._exactly(connection, 2 if size == 126 else 8), "big")
        key, payload = self._exactly(connection, 4), self._exactly(connection, size)
        return json.loads(bytes(byte ^ key[index % 4] for index, byte in enumerate(payload)))

    @staticmethod
    def _send(connection: socket.socket, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode()
        head = bytes([0x81, len(data)]) if len(data) < 126 else b"\x81\x7e" + struct.pack(">H", len(data))
        connection.sendall(head + data)

    def close(self) -> None:
        for each in [self._listener, *self._open]:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def __enter__(self) -> DevTools:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
