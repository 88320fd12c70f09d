"""One client for a story that is the same on either transport and in any version: it calls, and answers what it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from . import messages
from .http_client import HttpClient
from .settings import MODERN
from .stdio_client import StdioClient

ASKABLE = {"elicitation": {}, "sampling": {}, "roots": {}}


def accepted(**content: Any) -> dict[str, Any]:
    return {"action": "accept", "content": content}


def sampled(text: str) -> dict[str, Any]:
    return {"role": "assistant", "model": "m", "content": {"type": "text", "text": text}}


@dataclass
class Outcome:
    """What has become of a call."""

    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    notifications: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # method and params of each question
    keys: list[str] = field(default_factory=list)  # of each question, in the era that has them

    @property
    def content(self) -> list[dict[str, Any]]:
        assert self.result is not None, self.error
        return self.result["content"]

    @property
    def text(self) -> str:
        assert self.result is not None and not self.result.get("isError"), self.result or self.error
        (block,) = self.content
        return block["text"]

    def params(self, kind: str) -> list[dict[str, Any]]:
        """Of the notifications of one kind."""
        return [message["params"] for message in self.notifications if message["method"] == f"notifications/{kind}"]


class Peer:
    def __init__(self, client: HttpClient | StdioClient) -> None:
        self.client, self.version = client, client.version
        self.is_modern = client.version == MODERN

    def run(self, method: str, params: dict[str, Any], *answers: dict[str, Any], progress: bool = False) -> Outcome:
        """Calls, and gives the answers in the order in which they are asked for."""
        outcome, left = Outcome(), list(answers)
        while True:
            self._once(method, params, outcome, left, progress)
            if outcome.result is None or outcome.result.get("resultType") != "input_required":
                assert not left, f"nobody has asked for {left}"
                return outcome
            questions = outcome.result["inputRequests"]
            outcome.asked += [(question["method"], question["params"]) for question in questions.values()]
            outcome.keys += questions
            given = {key: left.pop(0) for key in questions}
            params = {**params, "inputResponses": given, "requestState": outcome.result["requestState"]}

    def tool(self, name: str, arguments: dict[str, Any] | None = None, *answers: dict[str, Any], progress: bool = False) -> Outcome:
        return self.run("tools/call", {"name": name, "arguments": arguments or {}}, *answers, progress=progress)

    def _once(self, method: str, params: dict[str, Any], outcome: Outcome, left: list[dict[str, Any]], progress: bool) -> None:
        for message in self._messages(method, params, progress):
            if "method" not in message:
                outcome.result, outcome.error = message.get("result"), message.get("error")
            elif "id" in message:
                assert not self.is_modern, f"a request of the server's own: {message}"
                outcome.asked.append((message["method"], message["params"]))
                self._respond(message, left.pop(0))
            else:
                outcome.notifications.append(message)

    def _messages(self, method: str, params: dict[str, Any], progress: bool) -> Iterator[dict[str, Any]]:
        if isinstance(self.client, HttpClient):
            with self.client.start(method, params, progress=progress) as stream:
                while (message := stream.next()) is not None:
                    yield message
            return
        id = self.client.start(method, params, progress=progress)
        while (message := self.client.receive()) is not None:
            yield message
            if message.get("id") == id and "method" not in message:
                return

    def _respond(self, question: dict[str, Any], answer: dict[str, Any]) -> None:
        if isinstance(self.client, HttpClient):
            assert self.client.respond(question, result=answer).status == 202
            return
        response = {"jsonrpc": "2.0", "id": question["id"], "result": answer}
        self.client.schema.from_client(response, answers=question["method"])
        self.client.send_bytes(messages.encode(response) + b"\n")
