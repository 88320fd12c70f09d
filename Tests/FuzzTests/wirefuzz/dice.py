"""All chance of the fuzzer. One case has dice of its own, so that it can be made again by itself."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, TypeVar

T = TypeVar("T")

# Where parsers go wrong: ends of ranges of UTF-8, what is white space elsewhere, what changes its length by letter case, bidi, newlines.
CHARACTERS = (
    "\u0000\u0001\u001f\u0020\u007f\u0080\u0085\u00a0\u00df\u0130\u07ff\u0800\u2028\u2029\u202e\ud7ff\ue000\ufeff\ufffd\uffff"
    "\U00010000\U0001f600\U0010ffff\"\\/\b\f\n\r\t'`<>&%{}[]:,;=?#+-_.~!*()|^$@aA0éçΩ中")
INTEGERS = (
    0, 1, -1, 2, 7, 127, 128, 255, 256, 32767, 65535, 65536, 2**31 - 1, 2**31, -2**31, 2**32, 2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1, 2**63,
    -2**63, -2**63 - 1, 2**64, 10**30)
NUMBERS = ("0.0", "-0", "-0.0", "1.0", "1.5", "1e2", "1E+2", "100e-2", "1e400", "-1e400", "1e-400", "0.1", "3.0e0", "9007199254740993.0",
           "1" + "0" * 400, "0." + "0" * 400 + "1")


class Dice(random.Random):
    """The same name gives the same throws, on every machine."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def often(self, share: float) -> bool:
        return self.random() < share

    def pick(self, of: Sequence[T]) -> T:
        return of[self.randrange(len(of))]

    def text(self, longest: int = 12) -> str:
        count = self.pick((0, 1, 1, 2, 3, self.randrange(longest + 1)))
        return "".join(self.pick(CHARACTERS) if self.often(0.5) else chr(self.randrange(0x20, 0x7F)) for _ in range(count))

    def token(self, longest: int = 10) -> str:
        return "".join(self.pick("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_.!#$%&'*+^`|~") for _ in range(self.randint(1, longest)))

    def some_bytes(self, longest: int = 16) -> bytes:
        return bytes(self.randrange(256) for _ in range(self.randrange(longest + 1)))

    def cut(self, data: bytes, pieces: int) -> list[bytes]:
        """The same bytes in several pieces."""
        places = sorted(self.randrange(len(data) + 1) for _ in range(pieces - 1))
        return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]

    def value(self, depth: int = 3) -> Any:
        """Any JSON value; numbers are json_text.Number."""
        from .json_text import Number
        kind = self.randrange(9 if depth > 0 else 6)
        if kind == 0:
            return self.pick((None, True, False))
        if kind == 1:
            return Number(str(self.pick(INTEGERS)))
        if kind == 2:
            return Number(self.pick(NUMBERS))
        if kind <= 5:
            return self.text()
        if kind == 6:
            return [self.value(depth - 1) for _ in range(self.randrange(4))]
        return {self.text(6): self.value(depth - 1) for _ in range(self.randrange(4))}
