"""Table B: more that the original had."""

from __future__ import annotations

import socket
import sys
import textwrap

import pytest

from kit import probes
from kit.http_client import HttpClient, is_part
from kit.programs import warm_up
from kit.server import HttpServer
from kit.settings import size, within


@pytest.mark.leak_row("no-line-lost-at-exit")
def test_no_line_lost_at_exit(tmp_path) -> None:
    expected = [str(i) for i in range(1, 2001)]
    whole = set(expected)
    with HttpServer() as server:
        streaming = HttpClient(server.port)
        counting = HttpClient(server.port, log_level=None)
        storing = HttpClient(server.port, "legacy")
        for _ in range(size(10, 100)):
            with streaming.tool_stream("process_run", argv=["seq", "1", "2000"], mode="stream") as run:
                result = run.drain()
                assert run.lines() == expected
                assert is_part(run.progress(), expected)
                assert result["structuredContent"]["exitCode"] == 0
            # Without logs there is progress only: what did not fit into the client's queue is counted.
            with counting.tool_stream("process_run", argv=["seq", "1", "2000"], mode="stream") as run:
                missed = run.drain()["structuredContent"].get("notStreamed", 0)
                assert is_part([line for line in run.progress() if line in whole], expected)
                assert len(run.progress()) + missed >= 2000
            done = storing.tool("process_run", argv=["seq", "1", "2000"], mode="wait")
            assert (done["status"], done["exitCode"]) == ("exited", 0)
            assert storing.all_lines(done["process"]) == (expected, 0)
        storing.end_session()


GRANDCHILD = textwrap.dedent("""\
    import os, signal, socket, sys, time
    pids, port = sys.argv[1], int(sys.argv[2])
    def note(role):
        with open(pids, "a") as file: file.write(f"{role} {os.getpid()}\\n")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    server.bind(("127.0.0.1", port)); server.listen()
    note("program")
    if os.fork() == 0:
        if os.fork() == 0:
            note("grandchild")
            print("all here", flush=True)
            time.sleep(1000)
        os._exit(0)
    os.wait()
    time.sleep(1000)
    """)


@pytest.mark.leak_row("stop-kills-the-whole-group", also_red_by=("abandoned-follower-leaves-nothing",))
def test_stop_kills_the_whole_group(tmp_path) -> None:
    stranger = socket.socket()
    stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    stranger.bind(("127.0.0.1", 0))
    stranger.listen()
    port = stranger.getsockname()[1]
    program, pids = tmp_path / "program.py", tmp_path / "pids"
    program.write_text(GRANDCHILD)
    inner = f"echo sh $$ >> {pids}; {sys.executable} {program} {pids} {port}; true"
    outer = f"echo sh $$ >> {pids}; sh -c '{inner}'; true"
    with stranger, HttpServer() as server:
        client = HttpClient(server.port, "legacy")
        warm_up(client, tmp_path)
        baseline = server.settle()
        started = client.tool("process_run", command=outer, mode="background")
        with client.tool_stream("logs_follow", process=started["process"]) as follower:
            assert follower.next_line() == "all here"
            group = [int(line.split()[1]) for line in pids.read_text().splitlines()]
            assert len(group) == 4 and all(probes.is_running(pid) for pid in group)
            stopped = client.tool("process_stop", process=started["process"], graceSeconds=0.2)
            assert stopped["status"] == "stopped"
            left = [pid for pid in group if probes.is_alive(pid)]
            assert not left, {pid: probes.command_line(pid) for pid in left}
            result = follower.drain()  # raises at a second response
            assert result["structuredContent"]["status"] == "stopped"
        listed = [p for p in client.tool("process_list")["processes"] if p["process"] == started["process"]]
        assert [p["status"] for p in listed] == ["stopped"]
        with socket.create_connection(("127.0.0.1", port), timeout=within(2)):
            stranger.settimeout(within(2))
            stranger.accept()[0].close()
        server.await_baseline(baseline, 1)
        client.end_session()
