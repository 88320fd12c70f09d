#!/usr/bin/env python3
"""Measures every row of the budget and prints value, budget and verdict. Started by `make bench`, after everything was built.

    run.py AMBIT MICRO-FOLDER [ROW…]

The server runs on one core, the load on another; what is compared was measured in the same run, in turn, and the best of the rounds counts.
"""

from __future__ import annotations

import json
import os
import platform
import random
import re
import resource
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEADERS = HERE.parent / "Sources/CAmbit/include"
VERSION = "2026-07-28"
LEGACY = "2025-11-25"
META = {
    "io.modelcontextprotocol/protocolVersion": VERSION,
    "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
SERVER_CORE, LOAD_CORE = (0, 1) if (os.cpu_count() or 1) > 1 else (0, 0)


class Bench:
    def __init__(self, ambit: Path, built: Path, folder: Path) -> None:
        self.ambit, self.built, self.folder = ambit, built, folder
        self.rows: list[tuple[str, str, str, bool | None]] = []
        self.load = self.compile("load.c", "load")
        self.constant = self.compile("constant.c", "constant")
        self.echo = self.compile("echo.c", "echo.so", "-fPIC", "-shared", "-fvisibility=hidden", "-I", str(HEADERS))

    def compile(self, source: str, name: str, *flags: str) -> Path:
        subprocess.run(["cc", "-O2", "-std=gnu11", "-Wall", *flags, str(HERE / "c" / source), "-o", str(self.folder / name)], check=True)
        return self.folder / name

    def row(self, name: str, measured: str, budget: str, met: bool | None) -> None:
        self.rows.append((name, measured, budget, met))
        verdict = {True: "met", False: "MISSED", None: "for comparison"}[met]
        print(f"{name:<54} {measured:<44} {budget:<34} {verdict}", flush=True)

    @contextmanager
    def server(self, *arguments: str) -> Iterator["Server"]:
        server = Server([str(self.ambit), "serve", "--port", "0", *arguments])
        try:
            yield server
        finally:
            server.stop()

    # ---- In process

    def micro(self) -> dict[str, list[float]]:
        done = subprocess.run(["taskset", "-c", str(SERVER_CORE), str(self.built / "Micro")], check=True, capture_output=True, text=True)
        return {line.split()[0]: [float(v) for v in line.split()[1:]] for line in done.stdout.splitlines()}

    def in_process(self) -> None:
        rows = self.micro()
        scan, allocations, size = rows["scan"]
        self.row(f"scanning a {size:.0f}-byte tools/call", f"{scan:.0f} ns, {allocations:.2f} allocations", "<= 600 ns, none",
                 scan <= 600 and allocations < 0.01)
        scope, allocations = rows["scope"]
        self.row("scope open + close, empty", f"{scope:.0f} ns, {allocations:.2f} allocations", "<= 300 ns, one", scope <= 300 and allocations < 1.05)
        owned, bare = rows["spawn"]
        self.row("spawn + finish in a scope, to a bare Task", f"{owned / bare:.2f}x ({owned:.0f} to {bare:.0f} ns)", "<= 2x", owned / bare <= 2)
        fresh, arrays, later, count = rows["publish"]
        self.row(f"publish to {count:.0f} subscribers, to as many arrays", f"{fresh / arrays:.2f}x ({fresh:.0f} to {arrays:.0f} ns)", "<= 3x",
                 fresh / arrays <= 3)
        self.row("  the same after 10,000 past subscribers", f"{later / fresh:.2f}x of before", "flat (<= 1.2x)", later / fresh <= 1.2)
        ten, one = rows["close"]
        self.row("closing a session with 10,000 resources", f"{ten:.1f} ms; {one:.2f} ms with 1,000", "<= 50 ms, linear (<= 15x)",
                 ten <= 50 and ten / one <= 15)

    # ---- Requests per second

    def http(self) -> None:
        with self.server("--no-default-plugins", "--plugin", str(self.echo), "--log-level", "warning") as server, self.stock() as stock:
            session = Client(server.port).initialize()
            legacy = f"Mcp-Session-Id: {session}\r\nMCP-Protocol-Version: {LEGACY}\r\n"
            progress = {"progressToken": 1}
            modes = {
                "modern, JSON": self.request("echo", modern("tools/call", "echo"), META),
                "modern, SSE": self.request("echo_progress", modern("tools/call", "echo_progress"), {**META, **progress}),
                "legacy session, JSON": self.request("echo", legacy),
                "legacy session, SSE": self.request("echo_progress", legacy, progress),
                "modern, JSON, async tool": self.request("echo_async", modern("tools/call", "echo_async"), META),
            }
            for connections in (1, 16, 64):
                nio, best = 0.0, dict.fromkeys(modes, 0.0)
                for _ in range(3):
                    for mode, (head, body) in modes.items():
                        # Next to each: what else runs on the machine changes.
                        nio = max(nio, self.rate("http", str(stock), str(connections), "0.5", *modes["modern, JSON"]))
                        best[mode] = max(best[mode], self.rate("http", str(server.port), str(connections), "1.5", head, body))
                for mode, rate in best.items():
                    judged = "async" not in mode
                    self.row(f"tools/call over HTTP, {connections} connections: {mode}", f"{rate / nio:.2f} of NIO ({rate:,.0f} of {nio:,.0f}/s)",
                             ">= 0.80" if judged else "", rate / nio >= 0.80 if judged else None)

    def request(self, tool: str, headers: str, meta: dict | None = None) -> tuple[str, str]:
        """The files of a call's head and body."""
        name = f"{tool}-{'session' if 'Session' in headers else 'modern'}"
        head, body = self.folder / f"{name}.head", self.folder / f"{name}.json"
        head.write_text(
            "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Accept: application/json, text/event-stream\r\n{headers}")
        params = {"name": tool, "arguments": {"text": "hello"}}
        body.write_text(message("tools/call", {**params, "_meta": meta} if meta else params))
        return str(head), str(body)

    def rate(self, *arguments: str) -> float:
        done = subprocess.run(["taskset", "-c", str(LOAD_CORE), str(self.load), *arguments], check=True, capture_output=True, text=True)
        return float(done.stdout.split()[0])

    @contextmanager
    def stock(self) -> Iterator[int]:
        process = subprocess.Popen(["taskset", "-c", str(SERVER_CORE), str(self.built / "NIOConstant")], stdout=subprocess.PIPE, text=True)
        try:
            yield int(process.stdout.readline().split()[-1])
        finally:
            process.terminate()
            process.wait()

    def stdio(self) -> None:
        lines = self.folder / "lines"
        for in_flight in (1, 16):
            lines.write_text("".join(
                message("tools/call", {"name": "echo", "arguments": {"text": "hello"}, "_meta": META}, n + 1) + "\n" for n in range(in_flight)))
            pinned = ["taskset", "-c", str(SERVER_CORE)]
            commands = {
                "loop": [*pinned, str(self.constant)],
                "ambit": [*pinned, str(self.ambit), "stdio", "--no-default-plugins", "--plugin", str(self.echo), "--log-level", "warning"],
            }
            best = dict.fromkeys(commands, 0.0)
            for _ in range(3):
                for what, command in commands.items():
                    best[what] = max(best[what], self.rate("stdio", str(in_flight), "1.5", str(lines), "--", *command))
            ratio = best["ambit"] / best["loop"]
            self.row(f"tools/call echo over stdio, {in_flight} in flight, to a C loop", f"{ratio:.2f} ({best['ambit']:,.0f} of {best['loop']:,.0f}/s)",
                     ">= 0.6", ratio >= 0.6)

    # ---- Memory

    def sessions(self) -> None:
        count = 10_000
        with self.server("--no-default-plugins", "--plugin", str(self.echo), "--log-level", "error", "--max-sessions", str(count + 200),
                         "--max-streams", str(count + 200), "--max-connections", str(count + 400)) as server:
            client = Client(server.port)
            ids = [client.initialize() for _ in range(100)]
            before = server.resident()
            ids += [client.initialize() for _ in range(count)]
            each = (server.resident() - before) / count
            self.row("a session without a stream, of 10,000", f"{each / 1024:.1f} KiB", "<= 8 KiB", each <= 8 * 1024)
            for id in ids:
                client.initialized(id)
            self.open_streams(server, count, "an open stream", [stream_request(id) for id in ids[:count]])
        # A server of their own: what the streams before them have given back would hide what they take.
        with self.server("--no-default-plugins", "--plugin", str(self.echo), "--log-level", "error", "--max-streams", str(count + 200),
                         "--max-connections", str(count + 400)) as server:
            listen = message("subscriptions/listen", {"notifications": {"toolsListChanged": True}, "_meta": META})
            self.open_streams(server, count, "a listen", [post(listen, modern("subscriptions/listen"))])

    def open_streams(self, server: "Server", count: int, what: str, requests: list[bytes]) -> None:
        """Memory of each, and how long one event takes to all of them."""
        file = self.folder / "requests"
        file.write_bytes(b"".join(request + b"\0" for request in requests))
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        before = server.resident()
        process = subprocess.Popen(
            ["taskset", "-c", str(LOAD_CORE), str(self.load), "streams", str(server.port), str(count), str(file)], stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
        assert process.stdout.readline() == "ready\n", "the streams could not be opened"
        each = (server.resident() - before) / count
        self.row(f"{what}, of {count:,}", f"{each / 1024:.1f} KiB", "<= 12 KiB", each <= 12 * 1024)
        subprocess.run([str(self.ambit), "plugin", "restart", "bench", "--pid", str(server.process.pid)], check=True, capture_output=True)
        median, late, last = (int(part) / 1000 for part in process.stdout.readline().split())
        self.row(f"one event to all {count:,} of them, after the first", f"{median:.0f} ms the median, {late:.0f} ms p99, {last:.0f} ms the last", "", None)
        process.wait(30)
        server.quiet("streams")

    def start(self) -> None:
        def discover() -> float:
            begun = time.perf_counter()
            process = subprocess.Popen([str(self.ambit), "stdio", "--log-level", "error"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            process.stdin.write((message("server/discover", {"_meta": META}) + "\n").encode())
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            took = time.perf_counter() - begun
            assert "result" in answer, answer
            process.stdin.close()
            process.wait()
            return took

        def line() -> float:
            begun = time.perf_counter()
            subprocess.run([str(self.built / "PrintLine")], stdout=subprocess.DEVNULL, check=True)
            return time.perf_counter() - begun

        times = [(discover(), line()) for _ in range(15)]
        first, plain = min(t[0] for t in times) * 1000, min(t[1] for t in times) * 1000
        self.row("start to the first server/discover, shipped plugins", f"{first:.1f} ms, {first / plain:.1f}x of a printed line ({plain:.1f} ms)",
                 "<= 30 ms, <= 5x", first <= 30 and first / plain <= 5)

    def memory(self) -> None:
        with self.server("--log-level", "error") as server:
            client = Client(server.port)
            client.call("process_list", {})
            resident = server.resident() / 2**20
            self.row("resident memory after the first call, shipped plugins", f"{resident:.1f} MiB", "<= 24 MiB", resident <= 24)

    def growth(self) -> None:
        random.seed(20_261_124)
        with self.server("--log-level", "error", "--session-idle", "1s", "--max-sessions", "20000", "--detach-grace", "100ms",
                         "--resume-grace", "100ms") as server:
            # Until the heap has its shape, and the heartbeat of Swift's shared pool (every 10 s) has made that pool's threads.
            begun = time.perf_counter()
            lives = 0
            while lives < 8_000 or time.perf_counter() - begun < 12:
                one_life(server.port)
                lives += 1
            server.quiet()
            before, resident = server.look(), server.resident()
            for _ in range(10_000):
                one_life(server.port)
            server.quiet()
            after, grown = server.look(), (server.resident() - resident) / 2**20
            left = {what: after[what] - before[what] for what in after if after[what] != before[what]}
            self.row("growth after 10,000 sessions dropped at random points", f"{left or 'nothing left'}; {grown:+.1f} MiB",
                     "nothing, memory flat (<= 2 MiB)", not left and grown <= 2)

    # ---- Fan-out and log lines

    def fan_out(self) -> None:
        count, lines = 1_000, 50
        with self.server("--log-level", "error", "--max-calls", "3000", "--max-connections", "3000") as server:
            client = Client(server.port)
            gate = self.folder / "gate"
            os.mkfifo(gate)
            started = client.call("process_run", {"command": f"while read line; do echo $line; done < {gate}", "mode": "background"})
            process = started["structuredContent"]["process"]
            session = started["structuredContent"].get("session")
            writer = open(gate, "w", buffering=1)
            arguments = {"process": process, **({"session": session} if session else {})}
            followers = [Follower(server.port, "logs_follow", arguments) for _ in range(count)]
            for follower in followers:
                follower.await_head()
            poll = select.poll()
            for follower in followers:
                poll.register(follower.socket, select.POLLIN)
            spreads, before = [], server.cpu()
            for number in range(lines):
                sent = time.perf_counter()
                writer.write(f"event {number}\n")
                waiting, arrivals = {f.socket.fileno(): f for f in followers}, []
                while waiting:
                    for descriptor, _ in poll.poll(5000):
                        if descriptor in waiting and f"event {number}".encode() in waiting[descriptor].take():
                            arrivals.append(time.perf_counter() - sent)
                            del waiting[descriptor]
                spreads.append((arrivals[-1], arrivals[len(arrivals) // 2]))
            each = (server.cpu() - before) / lines / count * 1e6
            last, median = min(spreads, key=lambda s: s[0] / s[1])
            self.row("one event to 1,000 open streams, each", f"{each:.1f} us of CPU; last {last / median:.2f}x the median", "<= 15 us, <= 2x",
                     each <= 15 and last / median <= 2)
            writer.close()

    def log_lines(self) -> None:
        with self.server("--log-level", "error") as server:
            follower = Follower(server.port, "process_run", {"command": "seq 1 100000000", "mode": "stream"}, core=True)
            follower.await_head()
            begun, seen = time.perf_counter(), 0
            while time.perf_counter() - begun < 10:
                seen += follower.take().count(b'"notifications/message"')
            rate = seen / (time.perf_counter() - begun)
            self.row("log lines into the ring and out to a follower, 10 s", f"{rate:,.0f} lines/s", ">= 300,000 lines/s", rate >= 300_000)


# ---- The server and its clients


class Server:
    def __init__(self, command: list[str]) -> None:
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        self.process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CORE), *command], stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
        self.port = 0
        for text in self.process.stderr:
            if match := re.search(r"listening on http://[^:]+:(\d+)", text):
                self.port = int(match[1])
                break
        if not self.port:
            raise SystemExit(f"the server did not start: {' '.join(command)}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def resident(self) -> int:
        time.sleep(0.3)
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def look(self) -> dict[str, int]:
        page = Client(self.port).get("/debug/scopes?format=json")
        kinds = {name: kind["live"] for name, kind in page["totals"].items() if name not in ("connection",)}
        folder = Path(f"/proc/{self.process.pid}")
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return {**kinds, "descriptors": len(list((folder / "fd").iterdir())), "threads": len(list((folder / "task").iterdir())),
                "children": len(children)}

    def quiet(self, gauge: str = "sessions") -> None:
        """Until there are none: at most ten seconds."""
        end = time.perf_counter() + 10
        while time.perf_counter() < end and Client(self.port).get("/debug/scopes?format=json")["gauges"].get(gauge, 0):
            time.sleep(0.1)
        time.sleep(0.5)


class Client:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.reader = self.socket.makefile("rb")

    def exchange(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        self.socket.sendall(request)
        status = int(self.reader.readline().split()[1])
        headers = {}
        while line := self.reader.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, self.reader.read(int(headers.get("content-length", 0)))

    def get(self, path: str) -> dict:
        return json.loads(self.exchange(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())[2])

    def initialize(self) -> str:
        params = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
        return self.exchange(post(message("initialize", params)))[1]["mcp-session-id"]

    def initialized(self, session: str) -> None:
        text = json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"})
        assert self.exchange(post(text, f"Mcp-Session-Id: {session}\r\nMCP-Protocol-Version: {LEGACY}\r\n"))[0] == 202

    def call(self, tool: str, arguments: dict) -> dict:
        body = message("tools/call", {"name": tool, "arguments": arguments, "_meta": META})
        answer = json.loads(self.exchange(post(body, modern("tools/call", tool)))[2])
        assert "result" in answer and not answer["result"].get("isError"), answer
        return answer["result"]


class Follower:
    """A call whose stream is read as it comes."""

    def __init__(self, port: int, tool: str, arguments: dict, core: bool = False) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        meta = {**META, "io.modelcontextprotocol/logLevel": "info"}
        body = message("tools/call", {"name": tool, "arguments": arguments, "_meta": meta})
        self.socket.sendall(post(body, modern("tools/call", tool)))

    def await_head(self) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.socket.recv(1)
        assert b" 200 " in data.split(b"\r\n")[0], data

    def take(self) -> bytes:
        data = self.socket.recv(1 << 20)
        if not data:
            raise SystemExit("a follower's stream has ended")
        return data


def message(method: str, params: dict, id: int = 1) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": params}, separators=(",", ":"))


def modern(method: str, name: str = "") -> str:
    return f"MCP-Protocol-Version: {VERSION}\r\nMcp-Method: {method}\r\n" + (f"Mcp-Name: {name}\r\n" if name else "")


def post(body: str, headers: str = "") -> bytes:
    return (
        "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
        f"{headers}Content-Length: {len(body.encode())}\r\n\r\n{body}").encode()


def stream_request(session: str) -> bytes:
    return f"GET /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nMcp-Session-Id: {session}\r\n\r\n".encode()


def open_stream(port: int, session: str) -> socket.socket:
    stream = socket.create_connection(("127.0.0.1", port))
    stream.sendall(stream_request(session))
    assert b" 200 " in stream.recv(4096).split(b"\r\n")[0]
    return stream


def one_life(port: int) -> None:
    """A client that comes, does some of what clients do, and goes without a word or with one."""
    client = Client(port)
    session = client.initialize()
    header = f"Mcp-Session-Id: {session}\r\nMCP-Protocol-Version: {LEGACY}\r\n"
    point = random.randrange(6)
    stream = open_stream(port, session) if point in (1, 3) else None
    if point in (2, 3, 4):
        client.exchange(post(message("tools/call", {"name": "process_list", "arguments": {}}), header))
    if point == 4:
        # It leaves in the middle of a call.
        client.socket.sendall(post(message("tools/list", {}, 2), header))
    if point == 5:
        client.exchange(f"DELETE /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n".encode())
    if stream:
        stream.close()
    client.socket.close()


def main() -> int:
    ambit, built, wanted = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:]
    # Ten thousand streams are as many descriptors, on either side.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}; server on core {SERVER_CORE}, load on core {LOAD_CORE}\n")
    with tempfile.TemporaryDirectory(prefix="ambit-bench-") as folder:
        bench = Bench(ambit, built, Path(folder))
        parts: dict[str, Callable[[], None]] = {
            "in-process": bench.in_process, "http": bench.http, "stdio": bench.stdio, "sessions": bench.sessions, "fan-out": bench.fan_out,
            "log-lines": bench.log_lines, "start": bench.start, "memory": bench.memory, "growth": bench.growth,
        }
        unknown = [name for name in wanted if name not in parts]
        if unknown:
            print(f"no such row: {', '.join(unknown)}; there are {', '.join(parts)}", file=sys.stderr)
            return 2
        for name, run in parts.items():
            if not wanted or name in wanted:
                run()
        missed = [row for row in bench.rows if row[3] is False]
        judged = [row for row in bench.rows if row[3] is not None]
        print(f"\n{len(judged) - len(missed)} of {len(judged)} budgets met")
    return 0


if __name__ == "__main__":
    sys.exit(main())
