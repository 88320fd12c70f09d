"""Names the row of each test in its report, so that scripts/faults.py can tell which rows turned red."""

import os

import pytest


def pytest_report_header() -> str:
    fault = os.environ.get("AMBIT_FAULT")
    return f"compiled fault: {fault}" if fault else "compiled fault: none"


@pytest.fixture(autouse=True)
def _row(request: pytest.FixtureRequest, record_property) -> None:
    marker = request.node.get_closest_marker("leak_row")
    assert marker is not None, "a leak test names its row: @pytest.mark.leak_row(…)"
    record_property("leak_row", marker.args[0])
    record_property("also_red_by", " ".join(marker.kwargs.get("also_red_by", ())))
