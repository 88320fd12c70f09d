"""The same over stdio: each line has its answer or none, and nothing else is ever written."""

from __future__ import annotations

import time

import pytest

from kit import probes
from kit.settings import within
from kit.stdio_client import StdioClient
from wirefuzz import stdio_cases
from wirefuzz.run import fire, names
from wirefuzz.stdio_driver import StdioDriver


# Messages of the modern era don't know whether there is a session; the others do.
RUNS = [(f"stdio-{family}", version) for family in stdio_cases.FAMILIES
        for version in ((None, "2024-11-05", "2025-11-25") if family in ("legacy", "notifications", "lines") else (None,))]


@pytest.mark.parametrize(("family", "version"), RUNS)
def test_every_line_is_answered_as_foretold(target: list[str], family: str, version: str | None) -> None:
    family = family.removeprefix("stdio-")
    with StdioClient(*target, "--ask-patience", "3s", era=None) as client:
        driver = StdioDriver(client)
        driver.prepare(version)
        threads, descriptors = probes.threads(client.pid), len(probes.descriptors(client.pid))
        asked = time.monotonic()

        def send(case: stdio_cases.Case) -> None:
            nonlocal asked
            if time.monotonic() - asked > 1:
                driver.refresh()
                asked = time.monotonic()
            driver.run(case)

        fire((stdio_cases.make(name, driver.state) for name in names("stdio", family)), send)
        driver.finish()
        assert probes.threads(client.pid) <= threads + 4
        assert len(probes.descriptors(client.pid)) <= descriptors + 3  # what the shared pool makes once
        assert not probes.descendants(client.pid)
        client.close_stdin()
        assert client.wait(3) == 0
        client._stdout_reader.join(within(5))
        assert client._queue.get() is None, "something was written that nobody asked for"
