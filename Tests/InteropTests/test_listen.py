"""`subscriptions/listen` (2026-07-28): the acknowledgement first, every frame with its listen's id, a proper end, on both transports."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from kit import messages, probes, wire
from kit.http_client import PATH, HttpClient
from kit.listen import ACKNOWLEDGED, TOOLS_CHANGED, listen, subscription
from kit.server import HttpServer, binary, flags
from kit.stdio_client import StdioClient

EVERYTHING = {"toolsListChanged": True, "promptsListChanged": True, "resourcesListChanged": True, "resourceSubscriptions": ["ambit://scopes"]}


def restart(pid: int) -> None:
    subprocess.run([binary(), "plugin", "restart", "logs", "--pid", str(pid)], check=True, capture_output=True, env=dict(os.environ))


def test_it_is_offered_acknowledged_and_told_until_the_server_ends() -> None:
    with HttpServer() as server:
        client = HttpClient(server.port)
        assert client.request("server/discover")["capabilities"]["tools"]["listChanged"] is True
        streams = [listen(client, id, **EVERYTHING) for id in (7, "7", "a")]
        for stream in streams:
            honoured = stream.notifications[0]["params"]["notifications"]
            assert honoured == EVERYTHING
        silent = listen(client, 8, promptsListChanged=True)
        restart(server.pid)
        server.terminate()
        for stream in [*streams, silent]:
            result = stream.drain()
            assert result["resultType"] == "complete" and stream.connection.ended_properly
            for frame in [*stream.notifications, {"result": result}]:
                found = subscription(frame)
                assert found == stream.id and type(found) is type(stream.id)
            methods = [n["method"] for n in stream.notifications]
            assert methods[0] == ACKNOWLEDGED and set(methods[1:]) == (set() if stream is silent else {TOOLS_CHANGED})


def test_a_change_is_told_once_and_a_closed_listen_is_forgotten() -> None:
    with HttpServer() as server:
        client = HttpClient(server.port)
        restart(server.pid)
        baseline = server.settle()
        streams = [listen(client) for _ in range(3)]
        streams[1].close()
        probes.until(lambda: server.gauge("streams") == baseline.gauges["streams"] + 2, 2, "one listen is gone")
        restart(server.pid)
        for stream in (streams[0], streams[2]):
            assert stream.next()["method"] == TOOLS_CHANGED
            stream.close()
        server.await_baseline(baseline, 2)


@pytest.mark.parametrize("wanted", [None, [], {"toolsListChanged": "yes"}, {"resourceSubscriptions": [1]}, {"resourceSubscriptions": "x"}])
def test_a_malformed_filter_is_refused(server: HttpServer, wanted: object) -> None:
    params = {} if wanted is None else {"notifications": wanted}
    answer = HttpClient(server.port).post(messages.modern("subscriptions/listen", params))
    assert answer.json()["error"]["code"] == -32602


def test_it_does_not_exist_in_legacy(server: HttpServer) -> None:
    client = HttpClient(server.port, "legacy")
    answer = client.post(messages.legacy("subscriptions/listen", {"notifications": {}}))
    assert answer.json()["error"]["code"] == -32601
    client.end_session()


def test_listens_count_as_streams_and_a_quiet_one_gets_comments() -> None:
    with HttpServer(*flags(max_streams="1", keep_alive="0.2s")) as server:
        client = HttpClient(server.port)
        first = listen(client)
        refused = client.post(client.message("subscriptions/listen", {"notifications": {}}))
        assert refused.status == 503 and refused.json()["error"]["code"] == -32603
        data = b""
        while b": ka" not in data:
            piece = first.connection.socket.recv(4096)
            assert piece, "the quiet listen was closed"
            data += piece
        first.close()


def test_stdio_interleaves_listens_and_calls_and_cancels_by_id() -> None:
    with StdioClient() as client:
        ids = [client.start("subscriptions/listen", {"notifications": {"toolsListChanged": True}}) for _ in range(2)]
        for id in ids:
            message = client.receive()
            assert message["method"] == ACKNOWLEDGED and subscription(message) == id
        client.send(messages.notification("notifications/cancelled", {"requestId": ids[0]}))
        assert client.request("tools/list")["tools"]
        restart(client.pid)
        changed = client.receive()
        assert changed["method"] == TOOLS_CHANGED and subscription(changed) == ids[1]
        client.process.send_signal(signal.SIGTERM)
        rest = []
        while (message := client.receive()) is not None:
            rest.append(message)
        mine = [m for m in rest if m.get("method") != TOOLS_CHANGED]
        assert [m.get("id") for m in mine] == [ids[1], None], rest
        assert subscription(mine[0]) == ids[1]
        assert mine[1]["method"] == "notifications/cancelled" and mine[1]["params"]["requestId"] == ids[1]
        assert all(subscription(m) == ids[1] for m in rest)
        assert client.wait(5) == 0


def test_the_end_of_stdin_does_not_wait_for_listens() -> None:
    with StdioClient() as client:
        id = client.start("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
        assert client.receive()["method"] == ACKNOWLEDGED
        client.close_stdin()
        assert client.finish(id)["result"]["resultType"] == "complete"
        assert client.receive()["method"] == "notifications/cancelled"
        assert client.receive() is None and client.wait(5) == 0


def test_http_1_0_gets_its_frames_too(server: HttpServer) -> None:
    """Without chunks the stream ends with its connection."""
    message = messages.modern("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
    with wire.Connection(server.port) as connection:
        body = messages.encode(message)
        head = "".join(f"{name}: {value}\r\n" for name, value in messages.headers(message).items())
        connection.socket.sendall(f"POST {PATH} HTTP/1.0\r\nHost: localhost\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head = connection.head()
        assert head.status == 200 and "transfer-encoding" not in head.headers
        assert ACKNOWLEDGED.encode() in next(connection.chunks(head))
