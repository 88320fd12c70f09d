"""Malformed HTTP, JSON, headers, base64, cursors, states, ids and arguments: each case has a right answer, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit.server import HttpServer
from kit.settings import LEGACY_VERSIONS
from wirefuzz import http_cases, world
from wirefuzz.case import Case
from wirefuzz.dice import Dice
from wirefuzz.http_driver import HttpDriver
from wirefuzz.run import SEED, fire, names


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("family", [f"http-{family}" for family in http_cases.FAMILIES])
def test_every_answer_is_one_of_those_foretold(server: HttpServer, family: str) -> None:
    family = family.removeprefix("http-")
    driver = HttpDriver(server.port)
    driver.prepare(world.BATCHES if family == "batches" else Dice(f"{family}/{SEED}").pick(LEGACY_VERSIONS))

    def cases() -> Iterator[Case]:
        for name in names("http", family):
            if family == "states":
                driver.sealed.keep_fresh()
                driver.state.request_state = driver.sealed.text
            yield http_cases.make(name, driver.state)

    try:
        fire(cases(), driver.run)
        driver.sealed.redeem()
    finally:
        driver.finish()
