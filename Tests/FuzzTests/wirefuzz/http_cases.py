"""Families of cases over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import making, message_cases
from .case import Case
from .dice import Dice
from .making import Header
from .message_cases import State
from .oracle import Facts, Foretold, Outcome, foretell

STANDARD: list[Header] = [
    ("Host", b"localhost"), ("Content-Type", b"application/json"), ("Accept", b"application/json, text/event-stream")]


def wire(body: bytes | None, headers: list[Header], dice: Dice, *, line: bytes = b"POST /mcp HTTP/1.1", length: bool = True) -> bytes:
    """A request with these headers, in any order and letter case, with white space around their values."""
    fields = [*headers, *([("Content-Length", str(len(body)).encode())] if body is not None and length else [])]
    dice.shuffle(fields)
    out = line + b"\r\n"
    for name, value in fields:
        name = dice.pick((name, name, name.lower(), name.upper()))
        blank = dice.pick((b" ", b" ", b"", b"  ", b"\t"))
        out += name.encode() + b":" + blank + value + dice.pick((b"", b"", b" ", b"\t ")) + b"\r\n"
    return out + b"\r\n" + (body or b"")


def facts_of(headers: list[Header], state: State) -> Facts:
    found: dict[str, list[bytes]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value)
    named = found.get("mcp-session-id", [])
    known = state.session is not None and named == [state.session.encode()]
    return Facts(headers=found, session=state.version if known else None, names_unknown_session=bool(named) and not known,
                 cursors=state.cursors)


def sent(name: str, body: bytes, mcp: list[Header], dice: Dice, state: State) -> Case:
    """A POST of a body with MCP headers, all else in order."""
    foretold = foretell(body, facts_of(mcp, state))
    data = wire(body, [*STANDARD, ("Connection", b"close"), *mcp], dice)
    return Case(name, dice.cut(data, dice.pick((1, 1, 1, 2, 4))), [foretold], ends=None if foretold.is_stream else True)


# --- what is answered before a message is looked at

def a_request(dice: Dice) -> tuple[bytes, list[Header], Foretold]:
    """A request that is answered with a result, and what that is."""
    message = making.good(dice, method=dice.pick(("server/discover", "tools/list", "prompts/list")))
    body, mcp = making.spelt(message, dice), making.honest(message)
    return body, [*STANDARD, *mcp], foretell(body, facts_of(mcp, State()))


def head(name: str, dice: Dice, state: State) -> Case:
    """Request lines and fields that are not HTTP, or not for this server."""
    body, headers, good = a_request(dice)
    headers = [*headers, ("Connection", b"close")]
    line, statuses, ends = b"POST /mcp HTTP/1.1", frozenset({200}), True
    what, value = dice.pick(HEADS)
    statuses = frozenset(what) if isinstance(what, tuple) else frozenset({what})
    made = value(dice)
    method = "POST"
    if isinstance(made, bytes):
        line = made
        method = made.partition(b" ")[0].decode("latin-1")
    elif isinstance(made, tuple):
        name_, content = made
        headers = [(n, v) for n, v in headers if n.lower() != name_.lower()]
        if content is not None:
            headers.append((name_, content))
        if name_ == "Content-Length":
            return Case(name, dice.cut(wire(body, headers, dice, length=False), dice.pick((1, 3))), statuses=statuses, ends=ends)
    elif isinstance(made, list):
        headers += made
    elif isinstance(made, Raw):
        data = wire(body, headers, dice)
        start = data.index(b"\r\n") + 2
        return Case(name, dice.cut(data[:start] + made.lines + data[start:], dice.pick((1, 3))), statuses=statuses, ends=ends)
    data = wire(body, headers, dice, line=line)
    foretold = [good] if statuses == {200} else None
    return Case(name, dice.cut(data, dice.pick((1, 1, 3))), foretold, None if foretold else statuses, ends=ends, method=method)


class Raw:
    """Bytes that follow the request line as they are."""

    def __init__(self, lines: bytes) -> None:
        self.lines = lines


def _one_of(*of: Any) -> Callable[[Dice], Any]:
    return lambda dice: dice.pick(of)


def _field(name: str, *values: bytes | None) -> Callable[[Dice], Any]:
    return lambda dice: (name, dice.pick(values))


HEADS: tuple[tuple[int | tuple[int, ...], Callable[[Dice], Any]], ...] = (
    (400, _one_of(b"POST /mcp", b"POST  /mcp HTTP/1.1", b"POST /mcp  HTTP/1.1", b" POST /mcp HTTP/1.1", b"POST\t/mcp\tHTTP/1.1",
                  b"POST /mcp HTTP/1.1 ",
                  b"POST /mcp http/1.1", b"POST /mcp HTTPS/1.1", b"POST mcp HTTP/1.1", b"POST http:///mcp HTTP/1.1", b"POST ftp://localhost/mcp HTTP/1.1",
                  b"POST * HTTP/1.1",
                  b"POST /mcp#x HTTP/1.1", b"POST /m\x00cp HTTP/1.1", b"POST /mc\xc3\xa9 HTTP/1.1", b"POST /mcp\x7f HTTP/1.1",
                  b"P\x00ST /mcp HTTP/1.1",
                  b"(POST) /mcp HTTP/1.1", b"POST", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")),
    (501, _one_of(b"post /mcp HTTP/1.1", b"Post /mcp HTTP/1.1", b"FETCH /mcp HTTP/1.1", b"POSTX /mcp HTTP/1.1", b"PRI /mcp HTTP/1.1",
                  b"A" * 300 + b" /mcp HTTP/1.1")),
    (505, _one_of(b"POST /mcp HTTP/2.0", b"POST /mcp HTTP/0.9", b"POST /mcp HTTP/1.2", b"POST /mcp HTTP/3.1", b"POST /mcp HTTP/1.9")),
    ((400, 505), _one_of(b"POST /mcp HTTP/11", b"POST /mcp HTTP/1.10", b"POST /mcp HTTP/x.y", b"POST /mcp HTTP/1,1")),
    (414, lambda dice: b"POST /mcp?" + b"x" * dice.pick((8200, 20_000, 100_000)) + b" HTTP/1.1"),
    (404, _one_of(b"POST / HTTP/1.1", b"POST /mcp/ HTTP/1.1", b"POST /MCP HTTP/1.1", b"POST //mcp HTTP/1.1", b"POST /mcp%2f HTTP/1.1",
                  b"POST /%6dcp HTTP/1.1",
                  b"POST /./mcp HTTP/1.1", b"POST /mcp/../mcp HTTP/1.1", b"POST /health HTTP/1.1", b"POST /mcpx HTTP/1.1",
                  b"POST /mcp;a HTTP/1.1")),
    (405, _one_of(b"PUT /mcp HTTP/1.1", b"PATCH /mcp HTTP/1.1", b"HEAD /mcp HTTP/1.1", b"TRACE /mcp HTTP/1.1", b"OPTIONS /mcp HTTP/1.1",
                  b"CONNECT /mcp HTTP/1.1")),
    (200, _one_of(b"POST /mcp? HTTP/1.1", b"POST /mcp?a=%00&b HTTP/1.1", b"POST /mcp HTTP/1.1",
                  b"POST http://localhost/mcp HTTP/1.1", b"POST HTTPS://127.0.0.1:80/mcp?x HTTP/1.1")),
    (421, _one_of(b"POST http://evil.example/mcp HTTP/1.1", b"POST http://localhost@evil.example/mcp HTTP/1.1")),
    (405, _one_of(b"DELETE /mcp HTTP/1.1", b"GET /mcp HTTP/1.1")),
    (421, _field("Host", b"evil.example", b"localhost.evil.example", b"", b"localhost:", b"localhost:x", b"localhost:99999",
                 b"a@localhost", b"localhost, localhost",
                 b"127.0.0.1.", b"[::1", b"::1", b"http://localhost", b"localhost/", b"0x7f.1", b"2130706433", b"127.1",
                 b"\xc2\xadlocalhost", b"loc alhost", b"localhost\t:80")),
    ((200, 421), _field("Host", b"LOCALHOST", b"127.0.0.1", b"[::1]", b"localhost:1", b"localhost:65535")),
    (400, _field("Host", None)),
    (400, lambda dice: [("Host", dice.pick((b"localhost", b"evil.example")))]),
    (403, _field("Origin", b"null", b"http://evil.example", b"http://localhost.evil.example", b"", b"localhost", b"http://",
                 b"//localhost", b"file://", b"https://localhost@evil.example",
                 b"http://localhost\\.evil.example", b"http://localhost:99999", b"http://localhost/", b"http://evil.example#localhost",
                 b"chrome-extension://a", b"http://127.0.0.1.nip.io")),
    (200, _field("Origin", b"http://localhost", b"HTTP://LOCALHOST:80", b"https://127.0.0.1:8443", b"http://[::1]:3000")),
    (403, lambda dice: [("Origin", b"http://localhost"), ("Origin", dice.pick((b"http://localhost", b"http://evil.example")))]),
    (415, _field("Content-Type", None, b"text/plain", b"application/jsonp", b"application/x-www-form-urlencoded", b"application/json+x",
                 b"json", b"", b"application/json; charset=utf-16",
                 b"application / json", b"text/json", b"multipart/form-data; boundary=application/json", b"application/json, text/plain",
                 b"application/*", b"*/*")),
    (200, _field("Content-Type", b"application/json;charset=utf-8", b"Application/JSON; charset=\"UTF-8\"", b"application/json; x=y")),
    (406, _field("Accept", b"application/json", b"text/event-stream", b"text/html", b"application/json;q=0, text/event-stream", b"", b"*",
                 b"application/json text/event-stream", b"*/*;q=0")),
    (200, _field("Accept", b"*/*", b"text/event-stream , application/json", b"application/*;q=0.1,text/*",
                 b"text/event-stream;q=0.001, application/json;q=1.0, */*;q=0", b"a/b, */*")),
    (431, lambda dice: [("X-Flood", b"y" * dice.pick((17_000, 70_000, 300_000)))]),
    (431, lambda dice: [(f"X-{number}", b"") for number in range(dice.pick((129, 1000)))]),
    (431, lambda dice: [("A" * dice.pick((17_000, 40_000)), b"1")]),
    (400, lambda dice: Raw(dice.pick((b" folded: x\r\n", b"\tfolded\r\n", b"X-A : b\r\n", b": no name\r\n", b"X A: b\r\n",
                                      b"no colon\r\n", b"X-A: b\nX-B: c\r\n", b"X-A: \x00\r\n",
                                      b"X-A: a\x1fb\r\n", b"X-A: a\x7f\r\n", b"X-A: a\rb\r\n", b"X\xc3\xa9: b\r\n", b"X(A): b\r\n",
                                      b"\r: b\r\n", b"X-A: b\r\n c\r\n", b"\x00\r\n")))),
    (200, lambda dice: [("X-" + dice.token(), making.field_bytes(dice)) for _ in range(dice.randrange(1, 60))]),
    (400, lambda dice: [("Content-Length", dice.pick((b"5", b"0")))]),
    (400, _field("Content-Length", b"+5", b"-1", b"0x10", b"1e3", b"5,5", b"5 5", b"", b"9" * 19, b"9" * 100, b"1.0", b"\xd9\xa1")),
    ((400, 501), lambda dice: [("Transfer-Encoding", dice.pick((b"chunked", b"gzip", b"identity", b"chunked, chunked", b"xchunked",
                                                                b"chunked;q=1", b"", b"gzip, chunked", b"\x0bchunked"[1:] + b",")))]),
    (413, _field("Content-Length", b"4194305", b"1073741824", b"104857600", b"9" * 18)),
    ((200, 417), _field("Expect", b"200-ok", b"100-continue, x", b"")),
)


def framing(name: str, dice: Dice, state: State) -> Case:
    """Bodies in chunks, of every shape that is allowed and many that are not."""
    body, headers, good = a_request(dice)
    headers = [*headers, ("Connection", b"close"), ("Transfer-Encoding", dice.pick((b"chunked", b"Chunked")))]
    pieces = dice.cut(body, dice.pick((1, 2, 3, 10)))
    pieces = [piece for piece in pieces if piece]
    chunks = b"".join(chunk(piece, dice) for piece in pieces)
    last = dice.pick((b"0", b"000", b"0;a=b")) + b"\r\n"
    trailers = b"".join(dice.pick((b"X-A: b\r\n", b"Expires: 0\r\n", b"Mcp-Method: other\r\n")) for _ in range(dice.pick((0, 0, 0, 1, 3))))
    start = wire(None, headers, dice, length=False)
    if dice.often(0.4):
        return Case(name, dice.cut(start + chunks + last + trailers + b"\r\n", dice.pick((1, 2, 5))), [good], ends=True)
    what, made = dice.pick(BROKEN_CHUNKS)
    data = start + made(chunks, last, dice)
    return Case(name, dice.cut(data, dice.pick((1, 2, 5))), statuses=frozenset({what} if isinstance(what, int) else what), ends=True)


def chunk(piece: bytes, dice: Dice) -> bytes:
    size = f"{len(piece):{dice.pick(('x', 'X', '04x'))}}"
    extension = dice.pick((b"", b"", b"", b";a", b";a=b", b';a="b c"', b";a=1;b=2"))
    return size.encode() + extension + b"\r\n" + piece + b"\r\n"


BROKEN_CHUNKS: tuple[tuple[Any, Callable[[bytes, bytes, Dice], bytes]], ...] = (
    (400, lambda chunks, last, dice: dice.pick((b"x", b"-1", b"+5", b"0x5", b"", b" 5", b"5 ", b"5 ;a", b";a", b"1" * 16, b"f" * 200,
                                                b"5;", b"5;=b", b"5;a=", b'5;a="b',
                                                b'5;a="b\\""', b"5\t", b"5,5", b"\xef\xbc\x95",
                                                b"5;a\x00")) + b"\r\n" + b"hello\r\n" + last + b"\r\n"),
    (400, lambda chunks, last, dice: b"3\r\nhello\r\n" + last + b"\r\n"),
    (400, lambda chunks, last, dice: b"5\r\nhello" + dice.pick((b"\n", b"\rx", b"xx", b"0\r\n")) + last + b"\r\n"),
    (400, lambda chunks, last, dice: b"5\nhello\r\n" + last + b"\r\n"),
    (400, lambda chunks, last, dice: chunks + last + dice.pick((b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n",
                                                                b"Host: x\r\n", b" folded\r\n", b"no colon\r\n", b"A : b\r\n")) + b"\r\n"),
    (431, lambda chunks, last, dice: chunks + last + dice.pick((b"X: " + b"y" * 17_000 + b"\r\n", b"X: y\r\n" * 200)) + b"\r\n"),
    (400, lambda chunks, last, dice: dice.pick(((b"1;" + b"a" * 250 + b"\r\n \r\n") * 80,
                                                b"1;" + b"a" * 400 + b"\r\n \r\n")) + chunks + last + b"\r\n"),
    (413, lambda chunks, last, dice: b"400000\r\n" + b" " * 0x400000 + b"\r\n" + b"1\r\n \r\n" + last + b"\r\n"),
)


def pipeline(name: str, dice: Dice, state: State) -> Case:
    """Several requests in one go: each is answered, in order, until one says close or can't be read."""
    data, foretold, ends = b"", [], False
    for number in range(dice.randint(2, 8)):
        body, headers, good = a_request(dice)
        how = dice.randrange(10)
        if how == 0:
            data += wire(body, [*headers, ("Connection", b"close")], dice)
            foretold.append(good)
            ends = True
        elif how == 1:
            data += wire(b"{", headers, dice)
            foretold.append(foretell(b"{", Facts(headers={})))
            continue
        elif how == 2:
            data += dice.pick((b"\r\n", b"\r\n\r\n")) + wire(body, headers, dice)
            foretold.append(good)
            continue
        elif how == 3 and number:
            data += dice.pick((b"GARBAGE\r\n\r\n", b"\n", b"POST /mcp HTTP/1.1\nHost: x\n\n", b"{}\r\n\r\n"))
            foretold.append(Foretold((Outcome(400, -32600),)))
            ends = True
        elif how == 4:
            data += wire(body, [*headers, ("Content-Length", b"0")], dice)
            foretold.append(Foretold((Outcome(400, -32600),)))
            ends = True
        else:
            data += wire(body, headers, dice)
            foretold.append(good)
            continue
        # Whatever follows is never looked at.
        data += dice.pick((b"", wire(body, headers, dice), b"rest"))
        break
    return Case(name, dice.cut(data, dice.pick((1, 1, 2, 6))), foretold, ends=ends)


def http10(name: str, dice: Dice, state: State) -> Case:
    """Requests of HTTP/1.0: no chunks either way, closed unless it asks otherwise."""
    body, headers, good = a_request(dice)
    line = b"POST /mcp HTTP/1.0"
    kept = dice.often(0.4)
    if kept:
        headers = [*headers, ("Connection", dice.pick((b"keep-alive", b"Keep-Alive, x")))]
    what = dice.randrange(4)
    if what == 0:
        data = wire(None, [*headers, ("Transfer-Encoding", b"chunked")], dice, line=line, length=False) + chunk(body, dice) + b"0\r\n\r\n"
        return Case(name, [data], statuses=frozenset({400, 501}), ends=True)
    if what == 1:
        headers = [(n, v) for n, v in headers if n != "Host"]
        return Case(name, [wire(body, headers, dice, line=line)], statuses=frozenset({400, 421}), ends=not kept)
    if what == 2:
        message = making.good(dice, method="subscriptions/listen")
        body, mcp = making.spelt(message, dice), making.honest(message)
        return Case(name, [wire(body, [*STANDARD, *mcp], dice, line=line)], [foretell(body, facts_of(mcp, state))])
    return Case(name, dice.cut(wire(body, headers, dice, line=line), dice.pick((1, 3))), [good], ends=not kept)


PAGES = ("/", "/health", "/metrics", "/debug/scopes", "/.well-known/oauth-protected-resource",
         "/.well-known/oauth-protected-resource/mcp", "/favicon.ico", "/health/", "/debug",
         "/debug/scopes/..", "/%2e%2e/etc/passwd", "/../../etc/passwd", "/debug/scopes%00")
QUERIES = ("", "?", "?format=json", "?format=text", "?format=xml", "?depth=0", "?depth=-1", "?depth=99999999999999999999", "?depth=1e3",
           "?format=json&depth=2&path=server", "?path=%ff%00",
           "?path=" + "x" * 5000, "?format=json&format=text", "?&&&", "?=", "?%", "?format", "?depth=2&depth=3&path=%F0%9F%98%80")


def pages(name: str, dice: Dice, state: State) -> Case:
    """What is beside the endpoint."""
    method = dice.pick(("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE"))
    target = dice.pick(PAGES) + dice.pick(QUERIES)
    data = wire(b"" if method in ("POST", "PUT") else None, [("Host", b"localhost"), ("Connection", b"close")], dice,
                line=f"{method} {target} HTTP/1.1".encode())
    return Case(name, [data], statuses=frozenset({200, 400, 404, 405}), ends=True, method=method)


def noise(name: str, dice: Dice, state: State) -> Case:
    """A good request with bytes of it changed at random: any sound answer will do."""
    body, headers, _ = a_request(dice)
    data = bytearray(wire(body, [*headers, ("Connection", b"close")], dice))
    for _ in range(dice.pick((1, 1, 2, 4, 16))):
        place = dice.randrange(len(data))
        what = dice.randrange(5)
        if what == 0:
            data[place] = dice.randrange(256)
        elif what == 1:
            del data[place:place + dice.pick((1, 1, 3, 20))]
        elif what == 2:
            data[place:place] = dice.some_bytes(8)
        elif what == 3:
            data[place:place] = data[place:place + dice.pick((1, 10, 100))]
        else:
            data[place:place] = dice.pick((b"\r\n", b"\n", b"\r", b"\x00", b":", b" ", b"\r\n\r\n", b"\xff", b"0\r\n\r\n"))
        if not data:
            data = bytearray(b"\x00")
    half = dice.often(0.7)  # else it may be waited for, until the read deadline
    return Case(name, dice.cut(bytes(data), dice.pick((1, 2, 5))), may_be_silent=True, half_closes=half)


BESIDE: dict[str, Callable[[str, Dice, State], Case]] = {
    "head": head, "framing": framing, "pipeline": pipeline, "http10": http10, "pages": pages, "noise": noise,
}
FAMILIES = (*message_cases.FAMILIES, *BESIDE)


def make(name: str, state: State) -> Case:
    """The case of a name: `http/family/seed/number`."""
    family, dice = name.split("/")[1], Dice(name)
    if family in BESIDE:
        return BESIDE[family](name, dice, state)
    body, mcp = message_cases.FAMILIES[family](dice, state)
    return sent(name, body, mcp, dice, state)
