"""L4: attempts to reach a peer (the debugging port of a browser) that accepts and never answers."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from typing import Any

import pytest

from kit.devtools import DevTools
from kit.http_client import HttpClient
from kit.server import HttpServer
from kit.settings import size, within

SILENT = ["nothing", "version", "socket"]


def attempt(client: HttpClient, peer: DevTools, seconds: float) -> tuple[dict[str, Any] | None, float]:
    """The result of `repl_open`, None where none came, and how long it took."""
    arguments = {"language": "browser", "port": peer.port, "timeoutSeconds": seconds}
    started = time.monotonic()
    with client.start("tools/call", {"name": "repl_open", "arguments": arguments}, patience=seconds + within(5)) as stream:
        try:
            result = stream.drain()
        except TimeoutError:
            result = None
    return result, time.monotonic() - started


@pytest.mark.leak_row("attempts-have-deadlines")
def test_L4b_attempts_have_deadlines() -> None:
    limit = within(1)
    with contextlib.ExitStack() as stack, HttpServer() as server:
        peers = [stack.enter_context(DevTools(SILENT[number % 3])) for number in range(20)]
        HttpClient(server.port, "legacy").end_session()
        baseline = server.settle()
        clients = [HttpClient(server.port, "legacy", log_level=None) for _ in range(5)]
        for _ in range(size(2, 5)):
            results: list[tuple[dict[str, Any] | None, float]] = []

            def run(client: HttpClient, peer: DevTools, results=results) -> None:
                results.append(attempt(HttpClient.sharing(client), peer, limit))

            threads = [threading.Thread(target=run, args=(clients[number % 5], peer)) for number, peer in enumerate(peers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(within(60))
            assert len(results) == 20
            for result, took in results:
                assert result is not None, f"no answer after {took:.1f} s"
                text = result["content"][0]["text"]
                assert result["isError"] and "was not ready after" in text, text
                assert took < limit + within(1.5), f"answered after {took:.1f} s"
        # One connection for the address, one for the WebSocket: nothing is tried again behind anybody's back.
        assert all(peer.accepted <= 2 * size(2, 5) for peer in peers)
        # A peer that is well answers, beside those that are not; and is no worse off for an evaluation that it does not answer.
        peer = stack.enter_context(DevTools("all"))
        result, _ = attempt(clients[0], peer, limit)
        assert result is not None and result["structuredContent"]["version"] == "Imitation/1", result
        late = clients[0].request("tools/call", {"name": "repl_eval", "arguments": {
            "language": "browser", "code": "never", "timeoutSeconds": 0.2}})["structuredContent"]
        assert (late["status"], late["state"]) == ("timeout", "kept")
        assert clients[0].tool("repl_eval", language="browser", code="6 * 7")["value"]["json"] == 42
        for client in clients:
            client.end_session()
        server.await_baseline(baseline, 2)


@pytest.mark.leak_row("manager-stops-while-connecting")
def test_L4a_manager_stops_while_connecting() -> None:
    dice = random.Random(4)
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(DevTools(SILENT[number % 3])) for number in range(6)]
        with HttpServer() as server:
            HttpClient(server.port, "legacy").end_session()
            baseline = server.settle()
            for _ in range(size(10, 50)):
                client = HttpClient(server.port, "legacy", log_level=None)
                streams = [
                    client.start("tools/call", {"name": "repl_open", "arguments": {"language": "browser", "port": peer.port}})
                    for peer in peers]
                time.sleep(dice.uniform(0, 0.1))  # a random moment: what is looked for is not to depend on it
                assert client.end_session().status in (200, 204)
                for stream in streams:
                    stream.close()
            server.await_baseline(baseline, 2)
            # The same for the whole server.
            client = HttpClient(server.port, "legacy", log_level=None)
            streams = [
                client.start("tools/call", {"name": "repl_open", "arguments": {"language": "browser", "port": peer.port}}) for peer in peers]
            time.sleep(0.1)
            started = time.monotonic()
            assert server.terminate(3) == 0 and time.monotonic() - started < within(3)
            for stream in streams:
                stream.close()
