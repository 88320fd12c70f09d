"""Names the row of each test in its report, so that scripts/faults.py can tell which rows turned red."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.plugins import Misbehaving
from kit.settings import size, within


def pytest_report_header() -> str:
    fault = os.environ.get("AMBIT_FAULT")
    return f"compiled fault: {fault}" if fault else "compiled fault: none"


@pytest.fixture(autouse=True)
def _row(request: pytest.FixtureRequest, record_property) -> None:
    marker = request.node.get_closest_marker("leak_row")
    assert marker is not None, "a leak test names its row: @pytest.mark.leak_row(…)"
    record_property("leak_row", marker.args[0])
    record_property("also_red_by", " ".join(marker.kwargs.get("also_red_by", ())))


@pytest.fixture(autouse=True)
def _limit() -> Iterator[None]:
    """No test waits for ever, whatever a fault has brought about."""
    limit = within(size(60, 600))

    def over(*_: object) -> None:
        pytest.fail(f"the test was not over within {limit:g} s")

    signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, limit)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


@pytest.fixture
def misbehaving(tmp_path: Path) -> Misbehaving:
    """The plugin of Tests/LeakTests/plugins, with a folder of its own."""
    return Misbehaving(tmp_path)
