#!/usr/bin/env python3
"""`make demo`: a real client runs a real program through the server, watches its output, and is killed. What is left?

Plays by itself in under a minute. Exit status 0 only when the ledger and the operating system are back where they were.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests"))
from kit import probes  # noqa: E402

SESSION_IDLE = 2  # seconds; short, so that the audience does not wait
LINES_TO_WATCH = 14
PACE = float(os.environ.get("DEMO_PACE", "1"))  # 0 plays without pauses
PROGRAM = r"""
import time
steps = ["compiling", "linking", "starting", "listening on :8080"]
for n in range(1, 10_000):
    what = steps[n - 1] if n <= len(steps) else f"GET /orders/{n * 37 % 1000:03d}  200  {n * 13 % 40 + 2} ms"
    print(f"{n:4d}  {what}", flush=True)
    time.sleep(0.12)
"""


class Stage:
    """Prints. With colours where somebody watches."""

    def __init__(self) -> None:
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self.act_number = 0

    def paint(self, code: str, text: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.colour else text

    def act(self, title: str) -> None:
        self.act_number += 1
        print(f"\n{self.paint('1;36', f'{self.act_number}. {title}')}", flush=True)
        time.sleep(0.6 * PACE)

    def say(self, text: str) -> None:
        print(f"   {text}", flush=True)

    def quote(self, text: str, code: str = "2") -> None:
        for line in text.rstrip("\n").split("\n"):
            print("   " + self.paint(code, "│ ") + line, flush=True)

    def good(self, text: str) -> None:
        print("   " + self.paint("1;32", "✓ ") + text, flush=True)

    def bad(self, text: str) -> None:
        print("   " + self.paint("1;31", "✗ ") + text, flush=True)


class Server:
    """`ambit serve` on a free port."""

    def __init__(self, binary: str) -> None:
        self.binary = binary
        self.process = subprocess.Popen(
            [binary, "serve", "--port", "0", "--session-idle", f"{SESSION_IDLE}s", "--detach-grace", "200ms", "--resume-grace", "200ms"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.said: list[str] = []
        self._ready = threading.Event()
        self.url = ""
        threading.Thread(target=self._listen, daemon=True).start()
        if not self._ready.wait(15) or not self.url:
            self.stop()
            raise SystemExit("the server did not start:\n" + "\n".join(self.said[-20:]))
        self.port = int(re.search(r":(\d+)/", self.url).group(1))

    def _listen(self) -> None:
        for line in self.process.stderr:
            self.said.append(line.rstrip())
            if match := re.search(r"listening on (http://\S+)", line):
                self.url = match.group(1)
                self._ready.set()
        self._ready.set()

    def tree(self) -> str:
        done = subprocess.run(
            [self.binary, "scopes", "--url", f"http://127.0.0.1:{self.port}"], capture_output=True, text=True, timeout=10)
        if done.returncode != 0:
            return f"`ambit scopes` failed: {done.stderr.strip()}"
        return done.stdout.partition("\nkind ")[0]  # the table of totals comes at the end, in one line

    def look(self) -> probes.Snapshot:
        return probes.look(self.process.pid, self.port)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


class Client:
    """A child process with the official Python client. Tells what it sees as JSON lines."""

    def __init__(self, url: str, program: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve()), "--client", url, str(program)], stdout=subprocess.PIPE, text=True)

    def next(self) -> dict[str, Any]:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the client ended by itself (status {self.process.wait()})")
        return json.loads(line)

    def until(self, kind: str) -> dict[str, Any]:
        while (told := self.next())["kind"] != kind:
            continue
        return told

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()


async def be_client(url: str, program: str) -> None:
    """The other side of `Client`: nothing but the official SDK."""
    import warnings

    import mcp.client

    warnings.simplefilter("ignore")  # the logging capability is deprecated, and still what the usual clients use

    def tell(kind: str, **what: Any) -> None:
        print(json.dumps({"kind": kind, **what}), flush=True)

    async def on_progress(value: float, total: float | None, message: str | None) -> None:
        tell("progress", value=value, text=message)

    async def on_log(params: Any) -> None:
        tell("log", level=params.level)

    # With a session, which the process will belong to. Clients of the stateless revision get a handle instead.
    async with mcp.client.Client(url, mode="legacy", logging_callback=on_log) as client:
        await client.set_logging_level("info")
        tools = (await client.list_tools()).tools
        tell("connected", version=client.protocol_version, server=f"{client.server_info.name} {client.server_info.version}",
             tools=[[tool.name, (tool.description or "").split(". ")[0]] for tool in tools])
        run = await client.call_tool(
            "process_run", {"argv": [sys.executable, program], "name": "shop", "mode": "background"})
        if run.is_error:
            raise SystemExit(f"process_run: {run.content}")
        started = run.structured_content
        tell("started", **{key: started.get(key) for key in ("process", "pid", "status", "name")})
        handle = {"session": started["session"]} if "session" in started else {}
        await client.call_tool("logs_follow", {"process": started["process"], **handle}, progress_callback=on_progress)


def totals_line(totals: dict[str, Any]) -> str:
    """`scope 12/12` is twelve opened, twelve released; only kinds that were used."""
    used = {name: kind for name, kind in totals.items() if kind.get("opened")}
    return ", ".join(
        f"{name} {kind['opened']}/{kind['released']}" + (f" ({kind['abandoned']} abandoned)" if kind["abandoned"] else "")
        for name, kind in used.items()) or "none"


def play(stage: Stage, binary: str, folder: Path) -> int:
    print(stage.paint("1", "Ambit: nothing that a plugin starts outlives the scope that it started it in."))
    server = Server(binary)
    client: Client | None = None
    try:
        stage.act("A server, and nobody there")
        server.tree()  # makes the connection machinery exist before we count
        before = server.look()
        stage.say(f"ambit serve → {server.url} (pid {server.process.pid}), ambit scopes:")
        stage.quote(server.tree())

        stage.act("A client connects (official Python SDK) and runs a real program through the log plugin")
        program = folder / "shop.py"
        program.write_text(PROGRAM)
        client = Client(server.url, program)
        connected = client.until("connected")
        stage.say(f"{connected['server']}, MCP {connected['version']}; its tools:")
        for name, description in connected["tools"]:
            stage.say(f"  {stage.paint('1', f'{name:14s}')} {description[:90]}")
        started = client.until("started")
        stage.say(f"process_run → {started['name']}: process {started['process']}, pid {started['pid']}, {started['status']}")

        stage.act("logs_follow streams its output, line by line, as it is written")
        logs = 0
        for _ in range(LINES_TO_WATCH):
            while (told := client.next())["kind"] != "progress":
                logs += told["kind"] == "log"
            stage.quote(told["text"], "33")
        stage.say(f"({LINES_TO_WATCH} progress notifications and {logs} log notifications so far)")

        stage.act("Everything that is running belongs to somebody")
        stage.quote(server.tree())
        pids = probes.descendants(server.process.pid)
        stage.say("ps, below the server:")
        for pid, what in pids.items():
            stage.say(f"  {pid:7d}  {what[:100]}")
        if started["pid"] not in pids:
            stage.bad("the program that was started is not below the server")
            return 1

        stage.act("kill -9: the client is gone in the middle of the stream")
        client.kill()
        killed = time.monotonic()
        stage.say(f"nobody said goodbye. The call ends at once; the session, {SESSION_IDLE} s after its last sign of life, takes its process along.")
        excess: dict[str, tuple[int, int]] = {}
        while time.monotonic() - killed < SESSION_IDLE + 4:
            now = server.look()
            excess = now.excess(before)
            if not excess:
                break
            time.sleep(0.05)
        took = time.monotonic() - killed

        stage.act("What is left?")
        stage.quote(server.tree())
        after = server.look()
        stage.say(f"ledger, opened/released: {totals_line(after.totals)}")
        left = {pid: what for pid in pids if probes.is_alive(pid) for what in [probes.command_line(pid)]}
        for name, (now_value, then) in sorted(excess.items()):
            stage.bad(f"{name}: {now_value}, was {then}")
        if left:
            stage.bad(f"still running: {left}")
        if excess or left:
            return 1
        stage.good(f"after {took:.1f} s every gauge is back: " + ", ".join(
            f"{name} {after.gauges[name]}" for name in ("scopes", "tasks", "processes", "timers", "sessions", "streams")
            if name in after.gauges))
        stage.good(f"ps: pid {started['pid']} is gone, no child, no zombie; descriptors {after.system['descriptors']}, "
                   f"threads {after.system['threads']}")
        begun = time.monotonic()
        status = server.stop()
        if status != 0:
            stage.bad(f"the server ended with status {status}")
            return 1
        stage.good(f"SIGTERM: ended in {(time.monotonic() - begun) * 1000:.0f} ms")
        return 0
    finally:
        if client is not None:
            client.kill()
        server.stop()


def main() -> int:
    if sys.argv[1:2] == ["--client"]:
        asyncio.run(be_client(*sys.argv[2:4]))
        return 0
    binary = os.environ.get("AMBIT_BIN", "")
    for built in (".build-release/release/ambit", ".build/debug/ambit"):
        binary = binary or (str(ROOT / built) if (ROOT / built).exists() else "")
    if not binary:
        print("demo: no server is built; `make demo` builds one, AMBIT_BIN names another", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="ambit-demo-") as folder:
        return play(Stage(), binary, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
