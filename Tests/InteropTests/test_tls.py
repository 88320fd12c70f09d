"""HTTPS: certificates that are shown, and changed while the server works."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest

from kit import messages
from kit.certificates import Certificates, SecureConnection
from kit.server import HttpServer, ServerProcess, binary
from kit.settings import within

LIST = messages.modern("tools/list")


@pytest.fixture
def files(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


def ask(connection: SecureConnection) -> int:
    connection.send("POST", "/mcp", messages.headers(LIST), messages.encode(LIST))
    return connection.answer().status


def test_https_is_served_from_tls_1_2_on(files: Certificates) -> None:
    with HttpServer(*files.flags) as server:
        assert server.url == f"https://127.0.0.1:{server.port}/mcp"
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = files.trust()
            context.minimum_version = context.maximum_version = version
            with SecureConnection(server.port, context) as connection:
                assert [ask(connection), ask(connection)] == [200, 200]
        old = files.trust()
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            SecureConnection(server.port, old)
        assert server.terminate() == 0


def test_plain_http_on_the_port_of_https_ends_at_once(files: Certificates) -> None:
    with HttpServer(*files.flags) as server:
        with socket.create_connection(("127.0.0.1", server.port), within(10)) as plain:
            plain.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            try:
                assert b"HTTP" not in plain.recv(4096)
            except ConnectionResetError:
                pass
        with SecureConnection(server.port, files.trust()) as connection:
            assert ask(connection) == 200


def test_who_never_shakes_hands_is_dropped(files: Certificates) -> None:
    with HttpServer(*files.flags, "--read-deadline", "500ms") as server:
        with socket.create_connection(("127.0.0.1", server.port), within(10)) as silent:
            assert silent.recv(1) == b""
        assert server.terminate() == 0


def test_whoever_comes_beyond_the_most_connections_is_told_so(files: Certificates) -> None:
    with HttpServer(*files.flags, "--max-connections", "1") as server:
        with SecureConnection(server.port, files.trust()) as served:
            assert ask(served) == 200
            with SecureConnection(server.port, files.trust()) as late:
                late.send("POST", "/mcp", messages.headers(LIST), messages.encode(LIST))
                answer = late.answer()
                assert answer.status == 503 and answer.headers["retry-after"] == "1"
                assert "the most that max-connections allows" in answer.json()["error"]["message"]
            assert ask(served) == 200


def test_large_answers_and_refusals_go_through(files: Certificates) -> None:
    with HttpServer(*files.flags, "--max-body", "1MiB") as server:
        with SecureConnection(server.port, files.trust()) as connection:
            connection.send("POST", "/mcp", {**messages.headers(LIST), "Content-Length": str(64 << 20)}, b"x" * 100_000)
            assert connection.answer().status == 413
        call = messages.modern("tools/call", {
            "name": "process_run", "arguments": {"argv": ["seq", "100000"], "mode": "wait"}}, log_level="debug")
        with SecureConnection(server.port, files.trust(), patience=60) as connection:
            connection.send("POST", "/mcp", messages.headers(call), messages.encode(call))
            head = connection.head()
            assert head.status == 200
            assert b'"result"' in b"".join(connection.chunks(head))


@pytest.mark.parametrize("how", ["SIGHUP", "command"])
def test_certificates_are_changed_under_load(files: Certificates, how: str) -> None:
    with HttpServer(*files.flags) as server:
        first = files.trust()
        context = files.trust()
        stop, failures, done = threading.Event(), [], []
        begun = threading.Barrier(5)

        def load() -> None:
            try:
                with SecureConnection(server.port, first) as kept:
                    begun.wait(within(20))
                    while not stop.is_set():
                        assert ask(kept) == 200
                        done.append(1)
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            begun.wait(within(20))
            files.renew("second")
            context.load_verify_locations(str(files.chain))
            if how == "SIGHUP":
                server.process.send_signal(signal.SIGHUP)
                server.wait_for_line("certificates were read again")
            else:
                subprocess.run([binary(), "reload-certificates", "--pid", str(server.pid)], check=True, timeout=within(10))
            with SecureConnection(server.port, context) as new:
                assert new.name == "second" and ask(new) == 200
            # What was open goes on.
            before, deadline = len(done), time.monotonic() + within(10)
            while len(done) < before + 20 and not failures and time.monotonic() < deadline:
                time.sleep(0.01)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert not failures and len(done) >= before + 20
        assert server.terminate() == 0


def test_bad_files_leave_what_was_there(files: Certificates) -> None:
    with HttpServer(*files.flags) as server:
        trusted = files.trust()
        files.chain.write_text("nonsense")
        told = subprocess.run(
            [binary(), "reload-certificates", "--pid", str(server.pid)], capture_output=True, text=True, timeout=within(10))
        assert told.returncode == 1 and str(files.chain) in told.stderr and "PEM" in told.stderr
        server.process.send_signal(signal.SIGHUP)
        server.wait_for_line("certificates stay as they were")
        with SecureConnection(server.port, trusted) as connection:
            assert connection.name == "first" and ask(connection) == 200


@pytest.mark.parametrize("what", ["no chain", "no key", "another key"])
def test_bad_files_are_told_apart_at_start(files: Certificates, tmp_path: Path, what: str) -> None:
    expected = str(files.key)
    if what == "no chain":
        files.chain.unlink()
        expected = str(files.chain)
    elif what == "no key":
        files.key.write_text("nonsense")
    else:
        (tmp_path / "other").mkdir()
        files.key.write_bytes(Certificates(tmp_path / "other").key.read_bytes())
        expected = "does not belong to"
    with ServerProcess(["serve", "--port", "0", *files.flags]) as process:
        assert process.wait(10) == 1
        process.wait_for_line(expected)


def test_without_certificates_hangup_stops_and_the_command_says_so() -> None:
    with HttpServer() as server:
        told = subprocess.run(
            [binary(), "reload-certificates", "--pid", str(server.pid)], capture_output=True, text=True, timeout=within(10))
        assert told.returncode == 1 and "no certificates" in told.stderr
        server.process.send_signal(signal.SIGHUP)
        assert server.wait(8) == 0


def test_beyond_this_machine_with_both_or_with_a_word(files: Certificates) -> None:
    both = ["--host", "0.0.0.0", "--auth-token", "a-static.token_of~24+bytes"]
    with ServerProcess(["serve", "--port", "0", *both, *files.flags]) as process:
        process.wait_for_line("listening on https://0.0.0.0")
        assert not any("without" in line for line in process.stderr)
    with ServerProcess(["serve", "--port", "0", *both, "--insecure-bind"]) as process:
        process.wait_for_line("beyond this machine without TLS")
        process.wait_for_line("listening on http://0.0.0.0")


def test_config_check_says_what_serve_would() -> None:
    with ServerProcess(["config", "check", "--host", "0.0.0.0", "--json"]) as process:
        shown = json.loads(process.process.stdout.read())
        assert process.wait(10) == 1
    assert any("--insecure-bind" in problem for problem in shown["problems"])


def test_a_client_that_does_not_say_goodbye_does_not_keep_the_server(files: Certificates) -> None:
    """TLS wants a farewell from either side; who gives none is waited for a moment, not for seconds."""
    with HttpServer(*files.flags) as server:
        with SecureConnection(server.port, files.trust()) as silent:
            assert ask(silent) == 200
            begun = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            assert server.wait(2) == 0, server.log()
            # Five seconds is what the library waits unless told otherwise.
            assert time.monotonic() - begun < within(2)
