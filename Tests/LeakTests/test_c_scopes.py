"""Table C, what a plugin leaves in scopes: work, timers, finalizers, handles; and plugins that don't end."""

from __future__ import annotations

import contextlib
import json
import socket
import time

import pytest

from kit import control, messages, probes, wire
from kit.http_client import HttpClient
from kit.server import HttpServer
from kit.settings import size, within
from kit.stdio_client import StdioClient

MIB = 1 << 20
CLOSED, STALE = 1, 2  # ambit_status


@contextlib.contextmanager
def serving(misbehaving, *arguments: str, era: str = "modern"):
    """A server with the misbehaving plugin, a client, and a baseline that nothing of the plugin is in."""
    with HttpServer(*misbehaving.arguments, *arguments, environment=misbehaving.environment) as server:
        client = HttpClient(server.port, era)
        client.tool("runs")
        client.tool("remember")
        yield server, client, server.settle()


def statuses(entry: str) -> dict[str, int]:
    """`finalizer: scope 1 timer 1 …` as a dictionary."""
    words = entry.partition(": ")[2].split()
    return dict(zip(words[::2], map(int, words[1::2]), strict=True))


@pytest.mark.leak_row("stateless-work-dies-with-its-request")
def test_stateless_work_dies_with_its_request(misbehaving) -> None:
    with serving(misbehaving) as (server, client, baseline):
        before = len(misbehaving.journal())
        for _ in range(size(50, 1000)):
            assert client.tool("leave_work") == {"failed": 0}, "what an earlier request has left is in the way"
        server.await_baseline(baseline, 1)
        assert server.look().live() == baseline.live()
        assert len(misbehaving.journal()) == before


@pytest.mark.leak_row("late-result-is-dropped", also_red_by=("cancel-yields-one-terminal-state", "cancel-reaches-child-process"))
@pytest.mark.parametrize("how", ["cancelled", "vanished"])
def test_late_result_is_dropped(misbehaving, how: str) -> None:
    era = "legacy" if how == "cancelled" else "modern"
    gate = misbehaving.gate("late")
    with serving(misbehaving, era=era) as (server, client, baseline):
        stream = client.start("tools/call", {"name": "late_finish", "arguments": {}}, progress=True)
        assert stream.next()["method"] == "notifications/progress"
        if how == "cancelled":
            assert client.notify("notifications/cancelled", {"requestId": stream.id}).status == 202
        else:
            stream.vanish()
            probes.until(lambda: server.gauge("calls") == 0, 1, "the loss was noticed")
        gate.open()
        status = int(misbehaving.await_entry("late finish").split()[2])
        if how == "cancelled":
            while stream.next() is not None:
                continue
            assert stream.result is None and stream.error is None, "a cancelled request was answered"
            stream.close()
        assert status != 0, "the plugin was told that its late result counts"
        server.await_baseline(baseline, 1)


@pytest.mark.leak_row("cancel-before-handler-registered", also_red_by=("cancel-reaches-child-process",))
def test_cancel_before_handler_registered_while_plugins_load(misbehaving) -> None:
    gate = misbehaving.gate("create")
    environment = {**misbehaving.environment, "AMBIT_LEAK_CREATE_WAITS": "1"}
    with StdioClient(*misbehaving.arguments, era="legacy", environment=environment) as client:
        early = client.start("tools/call", {"name": "runs", "arguments": {"number": 1}})
        client.send(messages.notification("notifications/cancelled", {"requestId": early}))
        kept = client.start("tools/call", {"name": "runs", "arguments": {"number": 2}})
        client.request("ping")  # all three were read
        gate.remove()
        assert "result" in client.finish(kept)
        client.request("ping")
        assert client.silent(0.1)
        assert misbehaving.journal() == ["ran 2"], "a call that was cancelled before it could begin ran all the same"
        answered = [message for message in map(json.loads, client.lines) if message.get("id") == early]
        assert not answered, answered


@pytest.mark.leak_row("cancel-before-handler-registered", also_red_by=("cancel-reaches-child-process", "late-result-is-dropped"))
def test_cancel_before_handler_registered_while_threads_are_busy(misbehaving) -> None:
    gate = misbehaving.gate("block")
    with serving(misbehaving, era="legacy") as (server, client, baseline):
        before = misbehaving.journal()
        busy = [client.start("tools/call", {"name": "blocks", "arguments": {}}, progress=True) for _ in range(4)]
        for call in busy:
            assert call.next()["method"] == "notifications/progress"
        early = client.start("tools/call", {"name": "runs", "arguments": {"number": 3}})
        probes.until(lambda: server.gauge("calls") == 5, 2, "it waits for a thread")
        client.notify("notifications/cancelled", {"requestId": early.id})
        gate.remove()
        for call in busy:
            with call:
                call.drain()
        while early.next() is not None:
            continue
        early.close()
        client.tool("runs", number=4)
        assert misbehaving.journal()[len(before):] == ["ran 4"]
        server.await_baseline(baseline, 1)


@pytest.mark.leak_row("cancel-yields-one-terminal-state", also_red_by=(
    "cancel-reaches-child-process", "late-result-is-dropped"))
def test_cancel_yields_one_terminal_state(misbehaving) -> None:
    with StdioClient(*misbehaving.arguments, era="legacy", environment=misbehaving.environment) as client:
        answers: dict[int, int] = {}

        def read_until(id: int) -> None:
            while True:
                message = client.receive()
                assert message is not None
                if "method" not in message:
                    answers[message["id"]] = answers.get(message["id"], 0) + 1
                    if message["id"] == id:
                        return

        # Cancelled in the middle: none, and the call is over.
        held = client.start("tools/call", {"name": "hold", "arguments": {}}, progress=True)
        while not client.notifications:
            client.receive()
        client.send(messages.notification("notifications/cancelled", {"requestId": held, "reason": "enough"}))
        client.send(messages.notification("notifications/cancelled", {"requestId": held, "reason": "twice"}))
        read_until(client.start("ping"))
        assert held not in answers, "a cancelled request was answered"

        # Cancelled in the same breath, which it may or may not have outrun: one at most, and the others exactly one.
        cancelled, others = [], []
        for number in range(size(100, 1000)):
            message = client.message("tools/call", {"name": "runs", "arguments": {"number": number}})
            (cancelled if number % 2 else others).append(message["id"])
            client.send(message)
            if number % 2:
                client.send(messages.notification("notifications/cancelled", {"requestId": message["id"]}))
            if number % 20 == 19:
                read_until(client.start("ping"))
        while not all(id in answers for id in others):
            message = client.receive()
            answers[message["id"]] = answers.get(message["id"], 0) + 1
        read_until(client.start("ping"))
        assert all(answers[id] == 1 for id in others)
        assert all(answers.get(id, 0) <= 1 for id in cancelled)


@pytest.mark.leak_row("listener-owned-by-shorter-scope")
@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_listener_owned_by_shorter_scope(misbehaving, era: str) -> None:
    with serving(misbehaving, era=era) as (server, client, baseline):
        for number in range(size(50, 2000)):
            client.tool(("runs", "remember", "count_ticks")[number % 3])
        # Session and plugin live on: nothing of the calls is left in them.
        server.await_baseline(baseline, 1)
        assert server.look().live() == baseline.live()
        assert probes.nodes(server.look().tree) == probes.nodes(baseline.tree)


@pytest.mark.leak_row("finalizer-throws-others-run")
def test_finalizer_throws_others_run(misbehaving) -> None:
    with serving(misbehaving) as (server, client, baseline):
        before = len(misbehaving.journal())
        client.tool("finalizers", plan="xfyfz")
        misbehaving.await_entry("finalizer x", 2)
        assert misbehaving.journal()[before:] == [f"finalizer {letter}" for letter in "zfyfx"], "in reverse order, each once"
        now = server.await_baseline(baseline, 1)
        assert now.totals["finalizer"]["failed"] == baseline.totals["finalizer"]["failed"] + 2
        assert now.live() == baseline.live()


@pytest.mark.leak_row("finalizer-hangs-within-budget")
def test_finalizer_hangs_within_budget(misbehaving) -> None:
    gate = misbehaving.gate("hang")
    with serving(misbehaving) as (server, client, baseline):
        client.tool("finalizers", plan="xhy")
        misbehaving.await_entry("finalizer y", 2)
        # Its budget is a second; then it is named and given up, and the others have their turn.
        misbehaving.await_entry("finalizer x", 1.5)
        now = server.await_baseline(baseline, 1)
        assert now.totals["finalizer"]["abandoned"] == baseline.totals["finalizer"]["abandoned"] + 1
        server.wait_for_line("given up.*label=h")
        gate.open()
        probes.until(lambda: server.look().counters.get("abandoned.ended", 0) == 1, 1, "its end was noticed after all")
        assert client.tool("runs") == {}


@pytest.mark.leak_row("finalizer-acquires-during-close", also_red_by=("closed-scope-rejects-spawn",))
def test_finalizer_acquires_during_close(misbehaving) -> None:
    with serving(misbehaving) as (server, client, baseline):
        client.tool("finalizers", plan="xay")
        misbehaving.await_entry("finalizer x", 2)
        refused = statuses(misbehaving.await_entry("finalizer:"))
        assert set(refused.values()) == {CLOSED} and len(refused) == 7, refused
        now = server.await_baseline(baseline, 1)
        assert now.live() == baseline.live()


@pytest.mark.leak_row("closed-scope-rejects-spawn", also_red_by=("finalizer-acquires-during-close",))
def test_closed_scope_rejects_spawn(misbehaving) -> None:
    with serving(misbehaving) as (server, client, baseline):
        # It has closed: its handle is nobody's.
        client.tool("use_remembered")
        refused = statuses(misbehaving.await_entry("remembered:"))
        assert set(refused.values()) <= {CLOSED, STALE} and len(refused) == 7, refused
        # It closes, and a finalizer keeps it there.
        client.tool("finalizers", plan="xp")
        misbehaving.await_entry("finalizer p", 2)
        client.tool("use_remembered")
        refused = statuses([line for line in misbehaving.journal() if line.startswith("remembered:")][1])
        assert set(refused.values()) <= {CLOSED, STALE} and len(refused) == 7, refused
        client.tool("release")
        misbehaving.await_entry("finalizer x", 2)
        now = server.await_baseline(baseline, 1)
        assert now.live() == baseline.live()


@pytest.mark.leak_row("closed-child-frees-parent-entry")
def test_closed_child_frees_parent_entry(misbehaving) -> None:
    with serving(misbehaving) as (server, client, baseline):
        assert client.tool("children", times=2000) == {"failed": 0}
        before = probes.resident_bytes(server.pid)
        times = size(20_000, 200_000)
        assert client.tool("children", times=times) == {"failed": 0}
        now = server.await_baseline(baseline, 1)
        assert probes.nodes(now.tree) == probes.nodes(baseline.tree), "closed children are still in the tree"
        grown = probes.resident_bytes(server.pid) - before
        assert grown <= 4 * MIB, f"{times} closed children keep {grown} bytes"


@pytest.mark.leak_row("callback-after-scope-end")
def test_callback_after_scope_end(misbehaving) -> None:
    with serving(misbehaving) as (server, client, baseline):
        for _ in range(size(5, 40)):
            stream = client.start("tools/call", {"name": "timers", "arguments": {"count": 50, "period_us": 300}}, progress=True)
            assert stream.next()["method"] == "notifications/progress"
            before = client.tool("count_ticks")["ticks"]
            probes.until(lambda: client.tool("count_ticks")["ticks"] > before + 200, 2, "the timers tick")
            stream.vanish()
            server.await_baseline(baseline, 1)
        counted = client.tool("count_ticks")
        assert (counted["late"], counted["alive"]) == (0, 0), counted
        assert client.tool("count_ticks")["ticks"] == counted["ticks"]


@pytest.mark.leak_row("slow-plugin-does-not-stall-others")
def test_slow_plugin_does_not_stall_others(misbehaving, tmp_path) -> None:
    gate = misbehaving.gate("block")
    with serving(misbehaving) as (server, client, baseline):
        # All its blocking threads, and then both threads of its executor, where a handler must not block.
        blocked = [client.start("tools/call", {"name": name, "arguments": {}}, progress=True)
                   for name in ["blocks"] * 4 + ["blocks_async"] * 2]
        for call in blocked:
            assert call.next()["method"] == "notifications/progress"
        blocked += [client.start("tools/call", {"name": name, "arguments": {}}) for name in ["blocks"] * 8 + ["blocks_async"] * 8]
        other = HttpClient(server.port, "legacy")

        def health() -> None:
            assert wire.request(server.port, "GET", "/health", patience=1).status == 200

        def list_processes() -> None:
            with other.start("tools/call", {"name": "process_list", "arguments": {}}, patience=1) as call:
                call.drain()

        def run() -> None:
            arguments = {"argv": ["true"], "mode": "wait"}
            with other.start("tools/call", {"name": "process_run", "arguments": arguments}, patience=1) as call:
                assert call.drain()["structuredContent"]["exitCode"] == 0

        for ask in [health, list_processes, run] * size(5, 50):
            begun = time.monotonic()
            with contextlib.suppress(TimeoutError):
                ask()
            took = time.monotonic() - begun
            assert took < within(0.5), f"{ask.__name__} was not answered within {took:.2f} s"
        gate.remove()
        for call in blocked:
            with call:
                call.drain()
        other.end_session()
        server.await_baseline(baseline, 2)


@pytest.mark.leak_row("plugin-statics-not-called-at-exit")
def test_plugin_statics_not_called_at_exit(misbehaving) -> None:
    misbehaving.gate("block")
    with StdioClient(*misbehaving.arguments, environment=misbehaving.environment) as client:
        assert client.tool("runs", number=1) == {}
        # It never comes back, and is running plugin code when the server exits.
        client.start("tools/call", {"name": "blocks", "arguments": {}}, progress=True)
        assert client.receive()["method"] == "notifications/progress"
        client.close_stdin()
        assert client.wait(2) == 0, client.log()
    assert misbehaving.journal() == ["ran 1"]


@pytest.mark.leak_row("reload-closes-replaced-generation")
def test_reload_closes_replaced_generation(misbehaving, tmp_path) -> None:
    """Restarted again and again while it owns a program with a child, a task, a timer, a finalizer and a port."""
    environment = {**misbehaving.environment, **control.environment(tmp_path / "run")}
    with HttpServer(*misbehaving.arguments, environment=environment) as server:
        path = control.path_of(tmp_path / "run", server.pid)
        client = HttpClient(server.port)

        def restart() -> dict:
            return control.ask(path, "plugin-restart", name="misbehaving")

        assert client.tool("own")["failed"] == 0
        restart()
        client.tool("runs")
        baseline = server.settle()
        for _ in range(size(15, 200)):
            owned = client.tool("own")
            assert owned["failed"] == 0
            probes.until(lambda: len(probes.descendants(server.pid)) >= 3, 5, "launcher, program and its child run")
            below = set(probes.descendants(server.pid))
            socket.create_connection(("127.0.0.1", owned["port"]), timeout=within(5)).close()
            old = control.ask(path, "plugins")["plugins"]
            generation = next(plugin["generation"] for plugin in old if plugin["name"] == "misbehaving")
            closed = restart()
            assert closed["generation"] == generation + 1 and closed["state"] == "ready"
            # The answer comes after the end of the old one: nothing of it is waited for.
            tree = json.dumps(server.look().tree)
            assert f"misbehaving#{generation}\"" not in tree, "the replaced generation has a scope"
            assert f"misbehaving#{generation + 1}\"" in tree
            assert "(completed" not in closed["closed"] and "abandoned" not in closed["closed"], closed
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", owned["port"]), timeout=within(5))
            probes.until(lambda: not [pid for pid in below if probes.is_alive(pid)], 1, "its processes are gone")
            server.await_baseline(baseline, 1)
        assert server.look().live() == baseline.live()
