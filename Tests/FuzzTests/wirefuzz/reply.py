"""Reads HTTP/1.1 responses as strictly as they must be written: a lenient reader would hide what a proxy trips over."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"


class NotHTTP(Exception):
    """Bytes that are no response, with the reason."""


@dataclass
class Reply:
    status: int
    version: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_whole: bool = True  # False: the stream was left open

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip()


class Incomplete(Exception):
    """More bytes are needed."""


def first(data: bytes, *, at_end: bool, to: str = "POST") -> tuple[Reply, int]:
    """The response that the data begins with, and where the next one begins."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        if at_end:
            raise NotHTTP(f"ends in the middle of a head: {data[:200]!r}")
        raise Incomplete
    status_line, *lines = data[:end].split(b"\r\n")
    match = re.fullmatch(rb"HTTP/1\.1 (\d{3}) ([\x20-\x7e]*)", status_line)
    if match is None:
        raise NotHTTP(f"no status line: {status_line!r}")
    headers: dict[str, str] = {}
    for line in lines:
        field_match = re.fullmatch(rf"({TOKEN}):[ \t]*([\x20-\x7e\t]*?)[ \t]*".encode(), line)
        if field_match is None:
            raise NotHTTP(f"no header: {line!r}")
        name = field_match.group(1).decode().lower()
        if name in headers and name not in ("vary", "www-authenticate"):
            raise NotHTTP(f"{name} is said twice")
        headers[name] = field_match.group(2).decode()
    reply = Reply(int(match.group(1)), "1.1", headers)
    return _body(reply, data, end + 4, at_end, to)


def _body(reply: Reply, data: bytes, start: int, at_end: bool, to: str) -> tuple[Reply, int]:
    length, coding = reply.headers.get("content-length"), reply.headers.get("transfer-encoding")
    if length is not None and coding is not None:
        raise NotHTTP("both Content-Length and Transfer-Encoding")
    if reply.status < 200 or reply.status in (204, 304):
        if length is not None or coding is not None:
            raise NotHTTP(f"a {reply.status} says how long its body is")
        return reply, start
    if to == "HEAD":
        return reply, start
    if coding is not None:
        if coding != "chunked":
            raise NotHTTP(f"Transfer-Encoding: {coding}")
        return _chunks(reply, data, start, at_end)
    if length is None:
        if reply.headers.get("connection", "").lower() != "close":
            raise NotHTTP("nothing says where the body ends")
        reply.body, reply.is_whole = data[start:], at_end
        if at_end or _has_event(reply):
            return reply, len(data)
        raise Incomplete
    if not re.fullmatch(r"\d+", length):
        raise NotHTTP(f"Content-Length: {length}")
    end = start + int(length)
    if len(data) < end:
        if at_end:
            raise NotHTTP(f"{len(data) - start} bytes of a body of {length}")
        raise Incomplete
    reply.body = data[start:end]
    return reply, end


def _chunks(reply: Reply, data: bytes, place: int, at_end: bool) -> tuple[Reply, int]:
    body = b""
    while True:
        end = data.find(b"\r\n", place)
        if end < 0:
            break
        if not re.fullmatch(rb"[0-9A-Fa-f]+", data[place:end]):
            raise NotHTTP(f"no size of a chunk: {data[place:end][:60]!r}")
        size = int(data[place:end], 16)
        following = end + 2 + size
        if len(data) < following + 2:
            break
        if data[following:following + 2] != b"\r\n":
            raise NotHTTP("a chunk is longer than its size")
        if size == 0:
            reply.body = body
            return reply, following + 2
        body += data[end + 2:following]
        place = following + 2
    if at_end:
        raise NotHTTP("ends in the middle of a chunked body")
    reply.body, reply.is_whole = body, False
    if _has_event(reply):
        return reply, len(data)
    raise Incomplete


def _has_event(reply: Reply) -> bool:
    """A stream need not end to be judged."""
    return reply.content_type == "text/event-stream" and re.search(rb"^data:[^\n]*\r?\n\r?\n", reply.body, re.MULTILINE) is not None
