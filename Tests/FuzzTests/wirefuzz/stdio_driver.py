"""Sends cases over stdio, one process for many, and judges what comes back."""

from __future__ import annotations

import queue
from typing import Any

from kit import messages
from kit.listen import ACKNOWLEDGED
from kit.settings import within
from kit.stdio_client import StdioClient

from . import json_text, judge, world
from .case import Case

from .message_cases import State
from .oracle import Foretold, Outcome
from .sealed import Sealed

# A message, or the messages of a batch.
Answer = dict[str, Any] | list[dict[str, Any]]
SENTINEL = "the fuzzer's own "


class StdioDriver:
    """What a run knows of its server, and how a case is sent to it."""

    def __init__(self, client: StdioClient) -> None:
        self.client = client
        self.state = State()
        self.sealed = Sealed(lambda params: self._modern("tools/call", params))
        self._count = 0

    # --- before and after the cases

    def prepare(self, version: str | None = None) -> None:
        """As HttpDriver.prepare; the client's own requests are of the modern era."""
        self._modern("tools/list")  # once the plugins are loaded, no list changes any more
        if version is not None:
            self._own(messages.initialize(version, id=SENTINEL + "start"))
            self.client.send(messages.notification("notifications/initialized"), check=False)
            self.state.version, self.state.session = version, "the connection's"
        for method in world.LISTS:
            known: set[str] = set()
            cursor = self._modern(method).get("nextCursor")
            while cursor is not None and cursor not in known:
                known.add(cursor)
                cursor = self._modern(method, {"cursor": cursor}).get("nextCursor")
            self.state.cursors[method] = known

    def _modern(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._own(messages.modern(method, params, id=self._next(), capabilities={"elicitation": {}}))

    def _next(self) -> str:
        self._count += 1
        return f"{SENTINEL}{self._count}"

    def _own(self, message: dict[str, Any]) -> dict[str, Any]:
        """The result of a request of the driver's own."""
        self.client.send_bytes(messages.encode(message) + b"\n")
        answer = self._receive()
        assert isinstance(answer, dict) and answer.get("id") == message["id"] and "result" in answer, f"{message['method']} was answered {answer}"
        return json_text.plain(answer["result"])

    def _receive(self, seconds: float = 10) -> Answer:
        try:
            line = self.client._queue.get(timeout=within(seconds))
        except queue.Empty:
            raise AssertionError(f"no answer within {within(seconds):g} s") from None
        assert line is not None, f"the server has ended\n{self.client.log()}"
        assert line.endswith(b"\n"), f"not a whole line: {line[:200]!r}"
        return judge.messages(line[:-1])

    # --- one case

    def run(self, case: Case) -> None:
        """AssertionError where what comes back is not what is allowed. Whatever was wrong, the next case finds a stream in order."""
        sentinel = self._next()
        end = messages.encode(messages.modern("server/discover", id=sentinel)) + b"\n"
        for piece in case.pieces:
            if piece:
                self.client.send_bytes(piece)
        self.client.send_bytes(end)
        wanted = [foretold for foretold in case.foretold or [] if not foretold.silent]
        received, is_over = [], False
        while not is_over or len(received) < len(wanted):
            answer = self._receive()
            if isinstance(answer, dict) and answer.get("id") == sentinel and "result" in answer:
                is_over = True
            else:
                received.append(answer)
        assert len(received) == len(wanted), f"{len(received)} answers, wanted {len(wanted)}: {[judge.shown(a) for a in received][:3]}"
        self._judge(received, wanted)

    def _judge(self, received: list[Answer], wanted: list[Foretold]) -> None:
        """Answers come in any order: each must be one of those wanted, and each of those wanted must come."""
        left = list(wanted)
        for answer in received:
            if isinstance(answer, dict) and "error" in answer:
                judge.sound_error(answer["error"])
            reasons = []
            for index, foretold in enumerate(left):
                reason = _differs(answer, foretold)
                if reason is None:
                    self._clean_up(answer, left.pop(index))
                    break
                reasons.append(reason)
            else:
                raise AssertionError(f"answered {judge.shown(answer)}\n{' | '.join(reasons[:3])}")

    def _clean_up(self, answer: Answer, foretold: Foretold) -> None:
        if isinstance(answer, list):
            return
        if answer.get("method") == ACKNOWLEDGED:
            id = answer["params"]["_meta"][messages.PREFIX + "subscriptionId"]
            self.client.send_bytes(json_text.write(
                {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}) + b"\n")
        elif foretold.opens_session is not None and "result" in answer:
            self.state.version, self.state.session = foretold.opens_session, "the connection's"


def _differs(answer: Answer, foretold: Foretold) -> str | None:
    if isinstance(answer, list):
        return judge.fits_batch(answer, None, foretold)
    if "method" not in answer:
        return judge.fits(answer, None,
                          foretold) if not foretold.is_stream or "error" in answer else "a listen is answered by a notification"
    if not foretold.is_stream or answer["method"] != ACKNOWLEDGED:
        return f"a {answer['method']}, which nobody foretold"
    outcome: Outcome = next(outcome for outcome in foretold.outcomes if outcome.code is None)
    if not judge.same_id(outcome.id, answer["params"]["_meta"][messages.PREFIX + "subscriptionId"]):
        return "the subscription has another id"
    return outcome.check(answer["params"]) if outcome.check is not None else None
