"""Fixtures of the interoperability tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit.server import HttpServer


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    """One server for the tests of a file that leave nothing behind."""
    with HttpServer() as running:
        yield running
