"""JSON as text: a strict reader of our own, a writer that spells a value in many ways, and mutations that may break it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from .dice import Dice

MAX_DEPTH = 128
MAX_BYTES = 4 << 20


class NotJSON(ValueError):
    """Bytes that are not one JSON text of RFC 8259 in UTF-8, with whole surrogate pairs, within the limits."""


class Number(str):
    """A number as it is written: what is compared is its text, or its value where asked."""

    @property
    def value(self) -> float:
        return float(self)

    @property
    def is_integer(self) -> bool:
        """Whether its value is a whole number, however it is written."""
        mantissa, _, exponent = self.lower().partition("e")
        whole, _, fraction = mantissa.lstrip("-").partition(".")
        digits = (whole + fraction).strip("0")
        if not digits:
            return True
        places = len(fraction.rstrip("0")) if fraction.rstrip("0") else -len(whole) + len(whole.rstrip("0"))
        return int(exponent or 0) >= places

    def __repr__(self) -> str:
        return f"Number({str(self)})"


class Members(dict):
    """An object, with the keys that were said more than once."""

    twice: frozenset[str] = frozenset()

    @property
    def repeated(self) -> bool:
        return bool(self.twice)


def _object(pairs: list[tuple[str, Any]]) -> Members:
    members = Members(pairs)
    if len(members) < len(pairs):
        members.twice = frozenset(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
    return members


def _refuse(text: str) -> Any:
    raise NotJSON(f"{text} is no JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=Number, parse_float=Number, parse_constant=_refuse)


def read(data: bytes) -> Any:
    """The value; the last one counts where a key is repeated. NotJSON where a strict reader refuses."""
    if len(data) > MAX_BYTES:
        raise NotJSON("too long")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJSON(str(error)) from None
    if depth(text) > MAX_DEPTH:
        raise NotJSON("too deep")
    # What the standard library strips beyond the four kinds of white space.
    if text.strip(" \t\r\n") != text.strip():
        raise NotJSON("other white space")
    try:
        value, end = _decoder.raw_decode(text.lstrip(" \t\r\n"))
    except (ValueError, RecursionError) as error:
        raise NotJSON(str(error)) from None
    if text.lstrip(" \t\r\n")[end:].strip(" \t\r\n"):
        raise NotJSON("something follows")
    if not _pairs_are_whole(text):
        raise NotJSON("half a surrogate pair")
    return value


def depth(text: str) -> int:
    """How many brackets are open at once at most, outside of strings."""
    deepest = open_ = 0
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', text, re.DOTALL):
        if match.group() in ("[", "{"):
            open_ += 1
            deepest = max(deepest, open_)
        elif match.group() in ("]", "}"):
            open_ -= 1
    return deepest


def _pairs_are_whole(text: str) -> bool:
    for match in re.finditer(r'((?:\\u[dD][89abAB][0-9a-fA-F]{2})?)(\\u[dD][c-fC-F][0-9a-fA-F]{2}|)', re.sub(r"\\[^u]", "..", text)):
        if bool(match.group(1)) != bool(match.group(2)):
            return False
    return True


def plain(value: Any) -> Any:
    """With Python's numbers, for schemas and for comparison."""
    if isinstance(value, Number):
        try:
            return int(value)
        except ValueError:
            return float(value)
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [plain(element) for element in value]
    return value


def write(value: Any) -> bytes:
    """In the usual spelling."""
    return _spell(value, lambda text: json.dumps(text, ensure_ascii=False), lambda: "").encode("utf-8")


def spell(value: Any, dice: Dice) -> bytes:
    """The same value in one of its many spellings: escapes, white space, repeated keys whose last one counts."""
    def string(text: str) -> str:
        if dice.often(0.7):
            return json.dumps(text, ensure_ascii=dice.often(0.3))
        return '"' + "".join(_escape(character, dice) for character in text) + '"'

    def space() -> str:
        return "".join(dice.pick(" \t\r") for _ in range(dice.randrange(3))) if dice.often(0.1) else ""

    return _spell(value, string, space, dice).encode("utf-8")


def _escape(character: str, dice: Dice) -> str:
    if character in '"\\' or ord(character) < 0x20 or dice.often(0.5):
        units = character.encode("utf-16-be")
        codes = [units[i] << 8 | units[i + 1] for i in range(0, len(units), 2)]
        return "".join(f"\\u{code:04{dice.pick('xX')}}" for code in codes)
    return character


def _spell(value: Any, string: Callable[[str], str], space: Callable[[], str], dice: Dice | None = None) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, str):
        return string(value)
    if isinstance(value, dict):
        members = [f"{space()}{string(key)}{space()}:{space()}{_spell(member, string, space, dice)}{space()}" for key,
                   member in value.items()]
        if dice is not None and members and dice.often(0.05):
            key = dice.pick(list(value))
            members.insert(0, f"{string(key)}:{_spell(dice.value(1), string, space)}")
        return "{" + ",".join(members) + (space() if not members else "") + "}"
    if isinstance(value, list):
        return "[" + ",".join(f"{space()}{_spell(element, string, space, dice)}{space()}" for element in value) + "]"
    return json.dumps(value)


# --- mutations: what comes out may be JSON still; `read` says whether it is

def spoil(data: bytes, dice: Dice) -> bytes:
    for _ in range(dice.pick((1, 1, 1, 2, 3))):
        data = dice.pick(MUTATIONS)(data, dice)
    return data


def _at(data: bytes, dice: Dice) -> int:
    return dice.randrange(len(data) + 1)


def _insert(piece: bytes, data: bytes, dice: Dice) -> bytes:
    place = _at(data, dice)
    return data[:place] + piece + data[place:]


def _flip(data: bytes, dice: Dice) -> bytes:
    if not data:
        return b"\x00"
    place = dice.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << dice.randrange(8)]) + data[place + 1:]


def _remove(data: bytes, dice: Dice) -> bytes:
    start = _at(data, dice)
    return data[:start] + data[start + dice.pick((1, 1, 2, 5, 30)):]


def _repeat(data: bytes, dice: Dice) -> bytes:
    start = _at(data, dice)
    piece = data[start:start + dice.pick((1, 2, 8, 40))]
    return data[:start] + piece * dice.pick((2, 2, 3, 20)) + data[start + len(piece):]


def _replace(old: bytes, new: bytes) -> Callable[[bytes, Dice], bytes]:
    return lambda data, dice: data.replace(old, new, dice.pick((1, -1)))


# What other readers of JSON let pass, and what trips careless ones.
PIECES = (
    b"//c\n", b"/**/", b"'", b",", b":", b"]", b"}", b"[", b"{", b"\"", b"\\", b"\\x41", b"\\u12", b"\\ud800", b"\\udc00",
    b"\\ud83d\\ude00",
    b"\\ud83d\\u0041", b"\\u0000", b"\x00", b"\x0b", b"\x0c", b"\x1f", b"\x7f", b"\xc2\xa0", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\xff",
    b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf0\x80\x80\x80", b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80",
    b"\x80", b"\xe2\x82", b"\xf0\x9f\x98", b"NaN", b"Infinity", b"-Infinity", b"+1", b"01", b"-", b"1.", b".5", b"1e", b"1e+", b"0x1F",
    b"1_0",
    b"True", b"nul", b"tru", b"undefined", b"\r", b" ", b"\t", b"[" * 200, b"{\"a\":" * 130, b"[" * 5000, b"]" * 200,
    b"\"" + b"a" * 3000 + b"\"")

MUTATIONS: tuple[Callable[[bytes, Dice], bytes], ...] = (
    _flip, _flip, _remove, _remove, _repeat,
    lambda data, dice: _insert(dice.pick(PIECES), data, dice),
    lambda data, dice: _insert(dice.pick(PIECES), data, dice),
    lambda data, dice: _insert(dice.pick(PIECES), data, dice),
    lambda data, dice: _insert(dice.some_bytes(6), data, dice),
    lambda data, dice: data[:_at(data, dice)],
    lambda data, dice: data[_at(data, dice):],
    lambda data, dice: data + dice.pick(PIECES),
    lambda data, dice: dice.pick(PIECES) + data,
    _replace(b'"', b"'"), _replace(b":", b"="), _replace(b",", b";"), _replace(b"}", b",}"), _replace(b'":', b'" :'),
    lambda data, dice: data.decode("utf-8", "replace").encode(dice.pick(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"))),
    lambda data, dice: b"[" * (n := dice.pick((1, 126, 127, 128, 129, 500))) + data + b"]" * n,
    lambda data, dice: b'{"a":' * (n := dice.pick((1, 126, 127, 128, 129, 500))) + data + b"}" * n,
)
