"""Clients that are slow, stop half-way, vanish or send without end: each costs the server little, and nobody else notices."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from kit import messages, probes, wire
from kit.http_client import PATH, HttpClient, open_stream
from kit.server import HttpServer
from kit.settings import size, within
from kit.stdio_client import StdioClient
from wirefuzz.dice import Dice
from wirefuzz.reply import first
from wirefuzz.run import SEED

pytestmark = pytest.mark.usefixtures("unharmed")
DISCOVER = messages.modern("server/discover")
BODY = messages.encode(DISCOVER)
MEBIBYTE = 1 << 20


def request(*, length: int | None = len(BODY), body: bytes = BODY, **headers: str) -> bytes:
    fields = {"Host": "localhost", **messages.headers(DISCOVER), **headers}
    if length is not None:
        fields["Content-Length"] = str(length)
    return f"POST {PATH} HTTP/1.1\r\n".encode() + b"".join(f"{n}: {v}\r\n".encode() for n, v in fields.items()) + b"\r\n" + body


def connect(server: HttpServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=within(10))


def all_of(connection: socket.socket) -> bytes:
    """What comes until the end; a reset is an end too."""
    data = b""
    try:
        while more := connection.recv(65536):
            data += more
    except ConnectionResetError:
        pass
    return data


def status(data: bytes) -> int:
    return first(data, at_end=True)[0].status


def answers(server: HttpServer) -> None:
    """Somebody who does it right is served meanwhile."""
    assert wire.request(server.port, "POST", PATH, messages.headers(DISCOVER), BODY).status == 200


# --- slow and half-open clients

@pytest.mark.parametrize("cut", [0, 1, 20, 120, -1], ids=["nothing", "a byte", "a line", "a part of the head", "all but a byte"])
def test_who_stops_half_way_is_dropped_in_time(server: HttpServer, cut: int) -> None:
    started = time.monotonic()
    connections = [connect(server) for _ in range(20)]
    for connection in connections:
        connection.sendall(request()[:cut])
    answers(server)
    for connection in connections:
        data = all_of(connection)
        assert not data or status(data) == 408, data
        connection.close()
    assert time.monotonic() - started < within(5)


def test_who_sends_byte_by_byte_gets_no_more_time(server: HttpServer) -> None:
    started, sent = time.monotonic(), 0
    with connect(server) as connection:
        try:
            for byte in request():
                connection.sendall(bytes([byte]))
                sent += 1
                time.sleep(0.02)  # the slowness itself
        except OSError:
            pass
        data = all_of(connection)
    assert sent < len(request()) and time.monotonic() - started < within(5)
    assert not data or status(data) == 408, data


@pytest.mark.parametrize("cut", [30, -5, None], ids=["in the head", "in the body", "after the request"])
def test_half_closed_connections_end(server: HttpServer, cut: int | None) -> None:
    with connect(server) as connection:
        connection.sendall(request()[:cut])
        connection.shutdown(socket.SHUT_WR)
        data = all_of(connection)
    # Who closes its side may have gone: an answer is allowed only to what was whole.
    assert not data or status(data) in ((200,) if cut is None else (400, 408))


def test_who_vanishes_at_any_byte_leaves_nothing(server: HttpServer) -> None:
    dice, data = Dice(f"vanish/{SEED}"), request()
    for _ in range(size(150, 3000)):
        connection = wire.Connection(server.port)
        connection.socket.sendall(data[:dice.randrange(len(data) + 1)])
        connection.vanish() if dice.often(0.7) else connection.close()
    answers(server)


def test_many_idle_connections_cost_only_themselves(server: HttpServer) -> None:
    connections = [connect(server) for _ in range(size(200, 2000))]
    answers(server)
    for connection in connections:
        connection.close()


# --- floods

@pytest.mark.parametrize("line", [b"X-%d: y\r\n", b"X: " + b"y" * 4000 + b"\r\n", b"y" * 65536, b"\r\n"],
                         ids=["fields", "long fields", "one line", "no request"])
def test_header_floods_are_cut_off(server: HttpServer, line: bytes) -> None:
    started = time.monotonic()
    with connect(server) as connection:
        try:
            connection.sendall(b"POST /mcp HTTP/1.1\r\nHost: localhost\r\n" if line != b"\r\n" else b"")
            while time.monotonic() - started < within(10):
                connection.sendall(b"".join(line % n if b"%d" in line else line for n in range(200)))
        except OSError:
            pass
        data = all_of(connection)
    assert time.monotonic() - started < within(5), "it is listened to without end"
    assert not data or status(data) in (400, 431), data
    answers(server)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_100_mib_is_refused_before_it_is_read(server: HttpServer, chunked: bool) -> None:
    resident, sent = probes.resident_bytes(server.pid), 0
    with connect(server) as connection:
        connection.sendall(request(length=None, body=b"", **{"Transfer-Encoding": "chunked"}) if chunked
                           else request(length=100 * MEBIBYTE, body=b""))
        piece = b"100000\r\n" + b" " * MEBIBYTE + b"\r\n" if chunked else b" " * MEBIBYTE
        try:
            while sent < 100:
                connection.sendall(piece)
                sent += 1
        except OSError:
            pass
        data = all_of(connection)
    assert not data or status(data) == 413, data[:300]
    assert data or sent < 100, "taken without a word"
    assert probes.resident_bytes(server.pid) - resident < 48 * MEBIBYTE
    answers(server)


def hostile() -> Iterator[tuple[str, bytes]]:
    """Arguments as large as they may be that make a careless reader slow."""
    room = size(1, 4) * MEBIBYTE - 2000
    yield "deep", b"[" * room
    yield "deep and whole", b'{"a":' * 127 + b"1" + b"}" * 127
    yield "wide", b'{"a":[' + b"0," * (room // 2 - 10) + b"0]}"
    yield "many keys", b"{" + b",".join(b'"%d":0' % n for n in range(room // 12)) + b"}"
    yield "one key again and again", b'{"text":"b"' + b',"text":"a"' * (room // 12) + b"}"
    yield "a number without end", b'{"text":"a","count":' + b"9" * room + b"}"
    yield "an exponent without end", b'{"text":"a","ratio":1e' + b"9" * room + b"}"
    yield "escapes", b'{"text":"' + b"\\u00e9" * (room // 6) + b'"}'
    yield "a text for a pattern", b'{"text":"a","tags":["' + b"a" * room + b'1"]}'
    yield "elements to compare", b'{"text":"a","tags":[' + b",".join(b'"%d"' % n for n in range(size(30_000, 400_000))) + b"]}"


@pytest.mark.parametrize("arguments", [pytest.param(value, id=name) for name, value in hostile()])
def test_large_arguments_take_a_bounded_time(server: HttpServer, arguments: bytes) -> None:
    message = messages.modern("tools/call", {"name": "echo", "arguments": "here"})
    body = messages.encode(message).replace(b'"here"', arguments)
    before = probes.cpu_seconds(server.pid)
    answer = wire.request(server.port, "POST", PATH, messages.headers(message), body, patience=30)
    assert answer.status in (200, 400), answer.body[:300]
    assert probes.cpu_seconds(server.pid) - before < within(10), "this costs the server too much"


def test_pipelined_without_end_is_answered_in_order_or_cut_off(server: HttpServer) -> None:
    """A client that sends on and reads nothing: what is read ahead is bounded, and so is what waits for it."""
    resident, sent = probes.resident_bytes(server.pid), 0
    with connect(server) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(within(1))
        try:
            while sent < 64 * MEBIBYTE:
                sent += connection.send(request() * 200)
        except OSError:
            pass
        answers(server)
    assert sent < 64 * MEBIBYTE, "it goes on reading what it can't answer"
    assert probes.resident_bytes(server.pid) - resident < 48 * MEBIBYTE


def test_the_tree_is_looked_at_while_calls_and_streams_come_and_go(server: HttpServer) -> None:
    """What a picture has found may be gone before it is described."""
    def calls() -> None:
        HttpClient(server.port, capabilities={"elicitation": {}}).request("tools/call", {"name": "ask", "arguments": {}})
        HttpClient(server.port).request("tools/call", {"name": "routed", "arguments": {}})

    def sessions() -> None:
        client = HttpClient(server.port, "legacy")
        stream, _ = open_stream(client)
        stream.vanish()
        assert client.end_session().status == 204

    def pages() -> None:
        for page in ("/debug/scopes", "/debug/scopes?format=json", "/metrics"):
            assert wire.request(server.port, "GET", page).status == 200

    def repeat(work: Callable[[], None]) -> None:
        for _ in range(size(40, 1500)):
            work()

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(repeat, work) for work in (calls, calls, sessions, pages, pages)]:
            done.result()


# --- Expect: 100-continue

def test_who_asks_before_sending_is_told_to_go_on(server: HttpServer) -> None:
    with wire.Connection(server.port) as connection:
        connection.socket.sendall(request(body=b"", Expect="100-continue"))
        assert connection.head().status == 100
        connection.socket.sendall(BODY)
        assert connection.answer().status == 200


@pytest.mark.parametrize(("headers", "length", "wanted"), [
    ({"Content-Type": "text/plain"}, len(BODY), 415), ({}, 100 * MEBIBYTE, 413), ({"Origin": "http://evil.example"}, len(BODY), 403)])
def test_who_asks_before_sending_is_refused_before_it_sends(
        server: HttpServer, headers: dict[str, str], length: int, wanted: int) -> None:
    with wire.Connection(server.port) as connection:
        connection.socket.sendall(request(length=length, body=b"", Expect="100-continue", **headers))
        assert connection.head().status == wanted


def test_who_asks_and_never_sends_is_dropped(server: HttpServer) -> None:
    with connect(server) as connection:
        connection.sendall(request(body=b"", Expect="100-continue"))
        data = all_of(connection)
    assert data.startswith(b"HTTP/1.1 100") and status(data.partition(b"\r\n\r\n")[2]) == 408


def test_http_1_0_is_not_told_to_go_on(server: HttpServer) -> None:
    with connect(server) as connection:
        connection.sendall(request(Expect="100-continue").replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        assert status(all_of(connection)) == 200


def test_a_larger_limit_is_the_only_one(target: list[str]) -> None:
    # It is understood to its end: what the tool needs of its client is missing.
    message = messages.modern("tools/call", {"name": "ask", "arguments": {"a": "x" * (5 * MEBIBYTE)}})
    with HttpServer(*target, "--max-body", "6MiB") as server:
        answer = wire.request(server.port, "POST", PATH, messages.headers(message), messages.encode(message), patience=30)
        assert answer.json()["error"]["code"] == -32021
    with StdioClient(*target, "--max-body", "6MiB") as client:
        client.send(message)
        assert client.finish(message["id"], 30)["error"]["code"] == -32021


# --- stdio

def test_a_line_without_end_is_refused_once(target: list[str]) -> None:
    with StdioClient(*target) as client:
        client.request("tools/list")
        resident = probes.resident_bytes(client.pid)
        for _ in range(size(16, 100)):
            client.send_bytes(b" " * MEBIBYTE)
        client.send_bytes(b"\n")
        refused = client.receive()
        assert refused["error"]["code"] == -32600 and "longer than" in refused["error"]["message"] and "id" not in refused
        assert client.request("tools/list")["tools"]
        assert probes.resident_bytes(client.pid) - resident < 48 * MEBIBYTE


@pytest.mark.parametrize("cut", [0, 1, 40, -1])
def test_input_that_ends_within_a_line_ends_the_server(target: list[str], cut: int) -> None:
    with StdioClient(*target, era=None) as client:
        client.send_bytes(BODY[:cut])
        client.close_stdin()
        assert client.wait(3) == 0
        client._stdout_reader.join(within(5))
        assert not [line for line in client.lines if b'"result"' in line]


def test_a_client_that_does_not_read_is_waited_for(target: list[str]) -> None:
    """The server stops reading while its answers aren't read: what waits is bounded, and every answer comes."""
    with StdioClient(*target) as client:
        client.request("tools/list")
        count = size(500, 20_000)
        for number in range(count):
            client.send_bytes(messages.encode(messages.modern("server/discover", id=f"n{number}")) + b"\n")
        client.methods.update({f"n{number}": "server/discover" for number in range(count)})
        assert [client.receive()["id"] for _ in range(count)] == [f"n{number}" for number in range(count)]


def test_the_client_of_the_kit_is_served_afterwards(server: HttpServer) -> None:
    client = HttpClient(server.port, "legacy")
    assert client.request("ping") == {}
    assert client.end_session().status == 204
