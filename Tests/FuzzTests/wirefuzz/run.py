"""Many cases one after the other, with the seed that is printed and the one case that may be asked for again."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from kit.settings import SOAK, size

from .case import Case
from .reply import NotHTTP

# One case alone: transport/family/seed/number.
WANTED = os.environ.get("AMBIT_FUZZ")
# The same cases each time, so that a test that passed passes again; a soak looks elsewhere each time.
SEED = WANTED.split("/")[2] if WANTED else os.environ.get("AMBIT_FUZZ_SEED") or (secrets.token_hex(4) if SOAK else "1")
CASES = size(int(os.environ.get("AMBIT_FUZZ_CASES", "150")), int(os.environ.get("AMBIT_FUZZ_CASES", "3000")))
# The server warns of variables that it does not know.
for name in ("AMBIT_FUZZ", "AMBIT_FUZZ_SEED", "AMBIT_FUZZ_CASES"):
    os.environ.pop(name, None)
MOST_SHOWN = 5
# What takes longer: many answers each, or none until a deadline has passed.
SHARES = {"noise": 0.25, "pipeline": 0.5, "lines": 0.5, "ids": 0.5}


def names(transport: str, family: str) -> Iterator[str]:
    if WANTED is not None:
        if WANTED.split("/")[:2] == [transport, family]:
            yield WANTED
        return
    for number in range(round(CASES * SHARES.get(family, 1))):
        yield f"{transport}/{family}/{SEED}/{number}"


def fire(cases: Iterator[Case], send: Callable[[Case], None]) -> None:
    """Sends them all, and fails with those that were answered wrongly."""
    failures = []
    for case in cases:
        try:
            send(case)
        except (AssertionError, NotHTTP, OSError) as error:
            failures.append(described(case, error))
            if len(failures) == MOST_SHOWN or isinstance(error, ConnectionRefusedError):
                break
    assert not failures, "\n\n".join(failures)


def described(case: Case, error: BaseException) -> Any:
    """What was wrong, what was sent, and the line that sends it again."""
    sent = case.data if len(case.data) <= 2000 else case.data[:1000] + b" ... " + case.data[-1000:]
    return f"{error or type(error).__name__}\nsent: {sent!r}\nagain: {case.line()}"
