"""The servers that are under fire, and the time that a test may take."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit import control, exposition, probes, wire
from kit.plugins import compiled
from kit.server import HttpServer, flags
from kit.settings import size, within
from wirefuzz import world
from wirefuzz.run import CASES, SEED, WANTED
from wirefuzz.sealed import PATIENCE

TARGET = ("--no-default-plugins", "--plugin")
# Short, because many a case is one that never becomes whole.
DEADLINES = {"read_deadline": "500ms", "connection_idle": "500ms", "linger": "100ms", "ask_patience": f"{PATIENCE}s"}


def pytest_report_header() -> str:
    return f"fuzz: {WANTED}" if WANTED else f"fuzz: {CASES} cases of each family, AMBIT_FUZZ_SEED={SEED}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With one case asked for, only the test that sends it."""
    if WANTED is not None:
        transport, family = WANTED.split("/")[:2]
        items[:] = [item for item in items if f"{transport}-{family}" in item.name]


@pytest.fixture(autouse=True)
def _limit() -> Iterator[None]:
    """No test waits for ever, whatever a server does not answer."""
    limit = within(size(60, 900))

    def over(*_: object) -> None:
        pytest.fail(f"the test was not over within {limit:g} s")

    signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, limit)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


@pytest.fixture(scope="session")
def target() -> list[str]:
    """What a server is started with to be shot at."""
    plugin = compiled("target.c", Path(__file__).parent / "plugins")
    return [*TARGET, plugin, "--page-size", str(world.PAGE_SIZE)]


@pytest.fixture(scope="module")
def server(target: list[str]) -> Iterator[HttpServer]:
    with HttpServer(*target, *flags(**DEADLINES)) as running:
        for _ in range(20):
            wire.request(running.port, "GET", "/metrics")  # what is made only once is made
        yield running


@pytest.fixture
def unharmed(server: HttpServer) -> Iterator[None]:
    """Whatever a test has sent: afterwards the server answers, and has nothing left of it."""
    baseline, resident = server.settle(), probes.resident_bytes(server.pid)
    yield
    assert server.process.poll() is None, f"the server is gone\n{server.log()}"
    # Calls that ask wait for their answers as long as the server's patience lasts.
    after = server.await_baseline(baseline, PATIENCE + 3)
    # Each way to look at the ledger says the same.
    socket = control.path_of(Path(os.environ[control.VARIABLE]), server.pid)
    seen = control.ask(socket, "scopes")["gauges"]
    assert {name: seen[name] for name in ("sessions", "calls", "streams")} == {name: after.gauges[name] for name in ("sessions", "calls",
                                                                                                                     "streams")}
    families = exposition.parse(wire.request(server.port, "GET", "/metrics").body.decode())
    assert exposition.value(families, "ambit_sessions") == after.gauges["sessions"]
    assert exposition.value(families, "ambit_calls_in_flight") == after.gauges["calls"]
    grown = probes.resident_bytes(server.pid) - resident
    assert grown < 96 << 20, f"{grown >> 20} MiB of memory are kept"
    alarms = [line for line in server.stderr if " error " in line or " critical " in line or "Fatal" in line]
    assert not alarms, f"what a client sends is no error of the server's: {alarms[:3]}"
