"""Sends cases over HTTP, one connection each, and judges what comes back."""

from __future__ import annotations

import socket
from dataclasses import replace

from kit import messages, wire
from kit.http_client import PATH, HttpClient
from kit.listen import ACKNOWLEDGED
from kit.schema import InvalidMessage, schema
from kit.settings import MODERN, within

from . import json_text, judge, world
from .case import Case
from .message_cases import State
from .oracle import Foretold
from .reply import Incomplete, Reply, first
from .sealed import Sealed


class HttpDriver:
    """What a run knows of its server, and how a case is sent to it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.state = State()
        self.client = HttpClient(port, capabilities={"elicitation": {}})
        self.sealed = Sealed(lambda params: self.client.request("tools/call", params))

    # --- before and after the cases

    def prepare(self, version: str | None = None) -> None:
        """A live session, and cursors of every list."""
        if version is not None:
            self.state.version = version
            self.state.session = HttpClient(self.port, "legacy", version).session
        for method in world.LISTS:
            known: set[str] = set()
            cursor = self.client.request(method).get("nextCursor")
            while cursor is not None and cursor not in known:
                known.add(cursor)
                cursor = self.client.request(method, {"cursor": cursor}).get("nextCursor")
            self.state.cursors[method] = known

    def finish(self) -> None:
        if self.state.session is not None:
            self._end(self.state.session, self.state.version)

    def _end(self, session: str, version: str) -> None:
        answer = wire.request(self.port, "DELETE", PATH, {"Mcp-Session-Id": session, "MCP-Protocol-Version": version})
        assert answer.status == 204, answer

    # --- one case

    def run(self, case: Case) -> None:
        """AssertionError where the answer is none that is allowed."""
        self._judge(case, *self._talk(case))

    def exchange(self, case: Case) -> list[Reply]:
        """What comes back, sound at least."""
        replies, is_closed, was_cut = self._talk(case)
        self._judge(replace(case, may_be_silent=True), replies, is_closed, was_cut)
        return [reply for reply in replies if reply.status >= 200]

    def _talk(self, case: Case) -> tuple[list[Reply], bool, bool]:
        """The answers, whether the server has closed, and whether it would not take all that was sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=within(10))
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            refuses_bytes = self._send(connection, case)
            replies, is_closed, was_reset = self._receive(connection, case)
        finally:
            connection.close()
        return replies, is_closed, was_reset or refuses_bytes

    def _send(self, connection: socket.socket, case: Case) -> bool:
        """Whether the server would not take all of it: it has answered already, or closed."""
        try:
            for piece in case.pieces:
                if piece:
                    connection.sendall(piece)
            if case.half_closes:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            return True
        return False

    def _receive(self, connection: socket.socket, case: Case) -> tuple[list[Reply], bool, bool]:
        data, place, replies, wanted = b"", 0, [], len(case.foretold) if case.foretold is not None else 1 if case.statuses else None
        is_closed = was_reset = False
        while True:
            try:
                while place < len(data):
                    reply, length = first(data[place:], at_end=is_closed, to=case.method)
                    replies.append(reply)
                    place += length
                    if not reply.is_whole:
                        return replies, is_closed, was_reset
            except Incomplete:
                pass
            if is_closed or wanted is not None and len(replies) >= wanted and case.ends is not True:
                return replies, is_closed, was_reset
            try:
                more = connection.recv(65536)
            except ConnectionResetError:
                more, was_reset = b"", True
            is_closed = not more
            data += more

    # --- the verdict

    def _judge(self, case: Case, replies: list[Reply], is_closed: bool, was_cut: bool) -> None:
        for reply in replies:
            judge.sound_reply(reply)
        final = [reply for reply in replies if reply.status >= 200]
        if case.ends is True:
            assert is_closed, "the connection stays open"
        elif case.ends is False:
            assert not is_closed, "the connection was closed"
        if not final and (case.may_be_silent or was_cut and case.foretold is None):
            return
        assert final, "nothing was answered"
        if case.statuses is not None:
            assert len(final) == 1 and final[0].status in case.statuses, \
                f"answered {[reply.status for reply in final]}, wanted {sorted(case.statuses)}: {final[0].body[:300]!r}"
        if case.foretold is not None:
            assert len(final) == len(case.foretold), f"{len(final)} answers, wanted {len(case.foretold)}"
            for reply, foretold in zip(final, case.foretold, strict=True):
                self._compare(reply, foretold)

    def _compare(self, reply: Reply, foretold: Foretold) -> None:
        if reply.status == 202:
            assert any(outcome.status == 202 for outcome in foretold.outcomes), f"accepted, wanted {foretold.outcomes}"
            return
        if reply.content_type == "text/event-stream":
            assert foretold.is_stream, "an event stream, which nobody foretold"
            return _acknowledged(reply, foretold)
        assert reply.content_type == "application/json", f"Content-Type: {reply.headers.get('content-type')}"
        answer = judge.messages(reply.body)
        if isinstance(answer, list):
            reason = judge.fits_batch(answer, reply.status, foretold)
            assert reason is None, f"answered {reply.status} {judge.shown(answer)}\n{reason}"
            assert "mcp-session-id" not in reply.headers, "a session that nobody began"
            return
        if "error" in answer:
            judge.sound_error(answer["error"])
        reason = judge.fits(answer, reply.status, foretold)
        assert reason is None, f"answered {reply.status} {judge.shown(answer)}\n{reason}"
        assert "result" not in answer or not foretold.is_stream, "a listen was answered without a stream"
        if foretold.opens_session is not None and "result" in answer:
            session = reply.headers["mcp-session-id"]
            assert session.isascii() and session.isprintable() and " " not in session
            self._end(session, foretold.opens_session)
        else:
            assert "mcp-session-id" not in reply.headers, "a session that nobody began"


def _acknowledged(reply: Reply, foretold: Foretold) -> None:
    """The first event of a listen."""
    lines = [line for line in reply.body.replace(b"\r\n", b"\n").split(b"\n") if line.startswith(b"data:")]
    event = judge.message(lines[0][5:].strip())
    try:
        schema(MODERN).notification(json_text.plain(event))
    except InvalidMessage as invalid:
        raise AssertionError(str(invalid)) from None
    except OverflowError:
        pass
    assert event["method"] == ACKNOWLEDGED, event
    outcome = next(outcome for outcome in foretold.outcomes if outcome.code is None)
    assert judge.same_id(outcome.id, event["params"]["_meta"][messages.PREFIX + "subscriptionId"]), "the subscription has another id"
    reason = outcome.check(event["params"]) if outcome.check is not None else None
    assert reason is None, reason
