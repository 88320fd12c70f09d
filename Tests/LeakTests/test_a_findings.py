"""Table A: the findings that this project grew from."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from kit import probes
from kit.http_client import HttpClient, Stream, is_part
from kit.programs import Program, warm_up
from kit.server import HttpServer, binary, flags
from kit.settings import size, within

MIB = 1024 * 1024
# What the server may hold for all clients of this file together, and grow by: queues and the log ring are bounded by bytes.
QUEUED_AT_MOST = 16 * MIB
GROWTH_AT_MOST = 64 * MIB


class Sampler:
    """Looks at the ledger again and again while something happens, and keeps the highest values."""

    def __init__(self, server: HttpServer) -> None:
        self.server, self.highest, self.resident = server, {}, 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            for name, value in probes.ledger(self.server.port)["gauges"].items():
                self.highest[name] = max(self.highest.get(name, 0), value)
            self.resident = max(self.resident, probes.resident_bytes(self.server.pid))

    def __enter__(self) -> Sampler:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def close_all(streams: list[Stream]) -> None:
    for stream in streams:
        stream.close()


@pytest.mark.leak_row("stalled-readers-stay-bounded", also_red_by=(
    "no-line-lost-at-exit", "abandoned-follower-leaves-nothing", "vanished-clients-are-forgotten"))
def test_L1_stalled_readers_stay_bounded(tmp_path) -> None:
    lines = 3000
    body = f"wait(0)\nfor i in range({lines}): print(f'{{i:06d}}' + 'x' * 2042)\n"
    with HttpServer(*flags(write_deadline="1s")) as server:
        client = HttpClient(server.port)
        warm_up(client, tmp_path)
        baseline = server.settle()
        resident = probes.resident_bytes(server.pid)
        program = Program(client, tmp_path, body)
        stalled = [program.follow(receive_buffer=2304) for _ in range(3)]
        try:
            with program.follow(patience=8) as reader:
                attached = server.look()
                with Sampler(server) as sampler:
                    program.go()
                    result = None
                    with contextlib.suppress(TimeoutError):
                        result = reader.drain()
                    assert result is not None, "the reader waits for those who don't read"
                    # Nobody reads the stalled three: their write deadline must end them, and nothing else does.
                    probes.until(lambda: server.gauge("streams") <= baseline.gauges["streams"], 10,
                                 "stalled streams are closed by their write deadline")
                assert reader.lines() == ["ready", *(f"{i:06d}" + "x" * 2042 for i in range(lines))]
                assert result["structuredContent"]["status"] == "exited"
            assert sampler.highest["tasks"] <= attached.gauges["tasks"] + 4, "tasks grow with events"
            assert sampler.highest["queuedBytes"] <= QUEUED_AT_MOST
            assert sampler.resident - resident <= GROWTH_AT_MOST
            counted = server.look().counters.get("streams.stalled", 0) - baseline.counters.get("streams.stalled", 0)
            assert counted == 3, f"{counted} stalled streams were counted"
            for stream in stalled:
                with pytest.raises((ConnectionError, TimeoutError, AssertionError)):
                    stream.drain()
        finally:
            close_all(stalled)
        server.await_baseline(baseline, 2)


@pytest.mark.leak_row("stop-with-clients-attached")
def test_L2_stop_with_clients_attached(tmp_path) -> None:
    port = 0
    for cycle in range(size(5, 50)):
        folder = tmp_path / str(cycle)
        folder.mkdir()
        with HttpServer(port=port) as server:
            port = server.port  # each cycle takes the same port: nobody may still hold it
            client = HttpClient(server.port)
            program = Program(client, folder, "wait(0)\nprint('only once', flush=True)\nwait(1)\n", gates=2)
            streams = [program.follow(patience=5) for _ in range(10)]
            try:
                program.go(0)
                assert streams[0].next_line() == "only once"
                started = time.monotonic()
                status = server.terminate(1)
                took = time.monotonic() - started
                assert status == 0 and took < within(1), f"status {status} after {took:.2f} s\n{server.log()}"
                for stream in streams:
                    while stream.next() is not None:
                        continue
                    assert stream.connection.ended_properly, "a stream ended without its last chunk"
                    assert stream.result is not None or stream.error is not None, "a stream ended without a response"
                    assert stream.lines() == stream.progress() == ["ready", "only once"]
                    assert stream.connection.wait_for_end(), "a connection was reset"
                assert not probes.is_alive(program.pid), "the program outlived the server"
                with socket.socket() as probe:
                    assert probe.connect_ex(("127.0.0.1", port)) != 0, "somebody still listens"
            finally:
                close_all(streams)


@pytest.mark.leak_row("stop-with-clients-attached", also_red_by=("slow-plugin-does-not-stall-others",))
def test_L2_stop_with_clients_attached_in_one_process() -> None:
    """RestartTests in a process of its own, whose threads and descriptors it counts."""
    tests = Path(binary()).with_name("ambitPackageTests.xctest")
    if not tests.exists():
        pytest.skip(f"no unit tests at {tests}; `make debug` builds them")
    done = subprocess.run(
        [str(tests), "--testing-library", "swift-testing", "--filter", "RestartTests"], env={**os.environ, "AMBIT_ALONE": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=within(50))
    assert done.returncode == 0 and "1 test" in done.stdout, done.stdout[-4000:]


@pytest.mark.leak_row("abandoned-follower-leaves-nothing", also_red_by=(
    "no-line-lost-at-exit", "vanished-clients-are-forgotten", "disconnect-mid-call-ends-request"))
def test_L3_abandoned_follower_leaves_nothing(tmp_path) -> None:
    with HttpServer() as server:
        client = HttpClient(server.port)
        warm_up(client, tmp_path)
        last = [f"last {i}" for i in range(500)]
        program = Program(client, tmp_path, "wait(0)\nfor i in range(500): print(f'last {i}')\n")
        baseline = server.settle()

        for number in range(size(100, 1000)):
            if number % 4:
                program.follow().vanish()
            else:
                run = client.tool_stream("process_run", argv=["sh", "-c", "echo started; exec sleep 1000"], mode="stream")
                assert run.next_line() == "started"
                run.vanish()
        server.await_baseline(baseline, 1)
        assert probes.is_running(program.pid) and program.status() == "running", "the process was touched"

        with program.follow() as follower:
            below = [pid for pid in probes.descendants(server.pid) if pid != program.pid]
            idle = probes.wake_ups(server.pid, *below)
            time.sleep(2)  # the measurement itself: a poller of 100 ms wakes twenty times
            woken = probes.wake_ups(server.pid, *below) - idle
            assert woken <= 8, f"{woken} wake-ups in 2 s without work: somebody polls"
            program.go()
            result = follower.drain()
            assert follower.lines() == ["ready", *last]
            assert is_part(follower.progress(), ["ready", *last])
            assert result["structuredContent"]["status"] == "exited"


@pytest.mark.leak_row("vanished-clients-are-forgotten", also_red_by=(
    "abandoned-follower-leaves-nothing", "disconnect-mid-call-ends-request"))
def test_L5_vanished_clients_are_forgotten(tmp_path) -> None:
    count, lines = 100, 1000
    body = "\n".join(
        f"wait({gate})\nfor i in range({lines}): print(f'{gate} {{i}}')\nsys.stdout.flush()" for gate in range(6)) + "\nwait(6)\n"
    with HttpServer() as server:
        client = HttpClient(server.port)
        warm_up(client, tmp_path)
        program = Program(client, tmp_path, body, gates=7)
        alone = server.settle()
        with program.follow(patience=30) as reader:
            baseline = server.settle()

            def publish(gate: int) -> float:
                before = probes.cpu_seconds(server.pid)
                program.go(gate)
                expected = [f"{gate} {i}" for i in range(lines)]
                seen = [reader.next_line() for _ in range(lines)]
                assert seen == expected
                return probes.cpu_seconds(server.pid) - before

            cost_before = min(publish(gate) for gate in (0, 1, 2))
            vanishing = [program.follow(at_end=True) for _ in range(count)]
            assert server.gauge("streams") >= baseline.gauges["streams"] + count
            for stream in vanishing:
                stream.vanish()
            server.await_baseline(baseline, 1)
            cost_after = min(publish(gate) for gate in (3, 4, 5))
            print(f"CPU seconds for {lines} lines: {cost_before:.2f} before, {cost_after:.2f} after")
            assert cost_after <= 2 * cost_before + 0.1, \
                f"publishing cost {cost_before:.2f} s of CPU before and {cost_after:.2f} s after {count} clients vanished"
            server.await_baseline(baseline, 1)
        server.await_baseline(alone, 1)
        assert server.process.poll() is None


@pytest.mark.leak_row("replies-are-exactly-once")
def test_L6_replies_are_exactly_once(misbehaving) -> None:
    with HttpServer(*misbehaving.arguments, environment=misbehaving.environment) as server:
        client = HttpClient(server.port)
        client.tool("evaluate", count=6, timeout_ms=50)
        baseline = server.settle()
        done = client.tool("evaluate", count=size(600, 1000), timeout_ms=round(within(400)))
        assert done == {"refused": 0, "wrong": 0, "several": 0, "pending": 0}, done
        now = server.await_baseline(baseline, 1)
        assert now.live() == baseline.live()
        # Second answers are late, strangers are unknown: both were counted.
        for counter in ("replies.late", "replies.unknown"):
            assert now.counters[counter] - baseline.counters[counter] >= size(600, 1000) // 6, now.counters
