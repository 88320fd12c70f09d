"""Sessions are told that the list of tools has changed (A13): on one stream of each, and only after it has initialized."""

import os
import subprocess

from kit.http_client import HttpClient, open_stream
from kit.server import HttpServer, binary
from kit.stdio_client import StdioClient


def restart(pid: int) -> None:
    subprocess.run([binary(), "plugin", "restart", "logs", "--pid", str(pid)], check=True, capture_output=True, env=dict(os.environ))


def test_a_session_hears_of_changes_on_one_of_its_streams() -> None:
    with HttpServer() as server:
        client, other = HttpClient(server.port, "legacy"), HttpClient(server.port, "legacy")
        streams = [open_stream(client)[0], open_stream(client)[0], open_stream(other)[0]]
        restart(server.pid)
        server.terminate()
        told = [read_to_end(stream).count(b'"notifications/tools/list_changed"') for stream in streams]
        # The first stream of each session, at most once for each tool that left or came.
        assert told[0] >= 1 and told[1] == 0 and told[2] >= 1, told


def read_to_end(stream) -> bytes:
    data = b""
    while piece := stream.socket.recv(65536):
        data += piece
    return data


def test_a_stdio_client_hears_of_changes() -> None:
    with StdioClient(era="legacy") as client:
        client.request("tools/list")
        restart(client.pid)
        assert client.receive()["method"] == "notifications/tools/list_changed"
