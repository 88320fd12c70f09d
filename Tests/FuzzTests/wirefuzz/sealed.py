"""A state that the server has sealed (`requestState`), for cases that tamper with it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from kit.settings import within

# What the servers under fire are started with, in seconds.
PATIENCE = 2
ANSWER = {"action": "accept", "content": {"name": "Ada"}}


class Sealed:
    """Asks for one, and shows in the end that it is good still, once, whatever was sent in its place."""

    def __init__(self, call: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """`call`: a modern `tools/call` with these params, to its result."""
        self._call = call
        self.text = ""
        self._asked = 0.0

    def ask(self) -> None:
        self._asked = time.monotonic()
        self.text = self._call({"name": "ask", "arguments": {}})["requestState"]

    def redeem(self) -> None:
        if time.monotonic() - self._asked > 0.7 * PATIENCE:
            return  # its time may be over
        result = self._call({"name": "ask", "arguments": {}, "requestState": self.text, "inputResponses": {"who": ANSWER}})
        assert json.loads(result["content"][0]["text"]) == ANSWER, result

    def keep_fresh(self) -> None:
        """Another one in time. To be called before each case."""
        if time.monotonic() - self._asked > within(0.5):
            self.redeem()
            self.ask()
