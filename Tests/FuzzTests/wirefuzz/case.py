"""One case: what is sent, and what may come back. Its name makes it again."""

from __future__ import annotations

from dataclasses import dataclass, field

from .oracle import Foretold

# Besides answers: the connection may end without one.
CLOSES = "closes"


@dataclass
class Case:
    """`family/seed/number`. Over HTTP `pieces` are written one after the other, each with its own packet."""

    name: str
    pieces: list[bytes]
    # One for each answer, in order; None: any sound answers, as many as come, or none.
    foretold: list[Foretold] | None = None
    # Statuses for the whole case where no message is foretold (an HTTP error, a page).
    statuses: frozenset[int] | None = None
    headers: dict[str, list[bytes]] = field(default_factory=dict)
    method: str = "POST"  # of HTTP: HEAD has no body
    ends: bool | None = None  # whether the server must close afterwards; None: either
    half_closes: bool = False
    may_be_silent: bool = False  # no answer at all is fine, as when a request never became whole

    @property
    def data(self) -> bytes:
        return b"".join(self.pieces)

    def line(self) -> str:
        """The one line that makes this case again."""
        return f"AMBIT_FUZZ={self.name} scripts/pytest.sh Tests/FuzzTests"
