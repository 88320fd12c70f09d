"""The same over stdio: each line has its answer or none, and nothing else is ever written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit import probes
from kit.settings import within
from kit.stdio_client import StdioClient
from wirefuzz import stdio_cases
from wirefuzz.case import Case
from wirefuzz.run import fire, names
from wirefuzz.sealed import PATIENCE
from wirefuzz.stdio_driver import StdioDriver


# Messages of the modern era don't know whether there is a session; the others do.
VERSIONS = {**dict.fromkeys(("legacy", "notifications", "lines"), (None, "2024-11-05", "2025-03-26", "2025-11-25")),
            "batches": (None, "2025-03-26")}
RUNS = [(f"stdio-{family}", version) for family in stdio_cases.FAMILIES for version in VERSIONS.get(family, (None,))]


@pytest.mark.parametrize(("family", "version"), RUNS)
def test_every_line_is_answered_as_foretold(target: list[str], family: str, version: str | None) -> None:
    family = family.removeprefix("stdio-")
    with StdioClient(*target, "--ask-patience", f"{PATIENCE}s", era=None) as client:
        driver = StdioDriver(client)
        driver.prepare(version)
        threads, descriptors = probes.threads(client.pid), len(probes.descriptors(client.pid))

        def cases() -> Iterator[Case]:
            for name in names("stdio", family):
                if family == "states":
                    driver.sealed.keep_fresh()
                    driver.state.request_state = driver.sealed.text
                yield stdio_cases.make(name, driver.state)

        fire(cases(), driver.run)
        driver.sealed.redeem()
        assert probes.threads(client.pid) <= threads + 4
        assert len(probes.descriptors(client.pid)) <= descriptors + 3  # what the shared pool makes once
        assert not probes.descendants(client.pid)
        client.close_stdin()
        assert client.wait(3) == 0
        client._stdout_reader.join(within(5))
        assert client._queue.get() is None, "something was written that nobody asked for"
