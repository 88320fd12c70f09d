"""What is there: by the operating system (/proc) and by the server's own ledger. A leak test asks both."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import wire
from .settings import within

PROC = Path("/proc")

# Gauges that thread pools may let sink below their baseline; all others must be back exactly.
MAY_SINK = {"threads", "descriptors"}
# Pools make a thread when it is first needed and keep it: a few more than at the baseline are no leak, one per event is.
MAY_RISE = {"threads": 4}
# What a session keeps for a client that resumes a stream: bounded, gone with the session, and looked at by tests of its own.
KEPT = {"replayEvents", "replayBytes"}


def _stat(pid: int) -> tuple[str, int, list[str]] | None:
    """(state, parent, fields after the name), or None when the process is gone."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    rest = text.rpartition(")")[2].split()
    return rest[0], int(rest[1]), rest


def is_alive(pid: int) -> bool:
    """There at all, as a zombie too."""
    return _stat(pid) is not None


def is_running(pid: int) -> bool:
    stat = _stat(pid)
    return stat is not None and stat[0] not in "ZX"


def descendants(pid: int) -> dict[int, str]:
    """Every process below `pid`, zombies included: pid → state and command line."""
    parents: dict[int, list[int]] = {}
    states: dict[int, str] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            parents.setdefault(stat[1], []).append(int(entry.name))
            states[int(entry.name)] = stat[0]
    found: dict[int, str] = {}
    pending = [pid]
    while pending:
        for child in parents.get(pending.pop(), []):
            found[child] = f"{states[child]} {command_line(child)}"
            pending.append(child)
    return found


def marked(mark: str) -> list[int]:
    """Every process with this NAME=VALUE in the environment that it was started with."""
    found = []
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                if mark.encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
    return found


def command_line(pid: int) -> str:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except (FileNotFoundError, ProcessLookupError):
        return "(gone)"


def descriptors(pid: int) -> dict[int, str]:
    found: dict[int, str] = {}
    for entry in (PROC / str(pid) / "fd").iterdir():
        try:
            found[int(entry.name)] = os.readlink(entry)
        except FileNotFoundError:
            continue
    return found


def threads(pid: int) -> int:
    return len(list((PROC / str(pid) / "task").iterdir()))


def resident_bytes(pid: int) -> int:
    return int((PROC / str(pid) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def listeners(pid: int) -> int:
    """Listening TCP sockets that belong to the process."""
    inodes = {link[8:-1] for link in descriptors(pid).values() if link.startswith("socket:[")}
    count = 0
    for table in ("net/tcp", "net/tcp6"):
        path = PROC / str(pid) / table
        if path.exists():
            for line in path.read_text().splitlines()[1:]:
                columns = line.split()
                count += columns[3] == "0A" and columns[9] in inodes
    return count


def cpu_seconds(pid: int) -> float:
    stat = _stat(pid)
    if stat is None:
        raise ProcessLookupError(pid)
    return (int(stat[2][11]) + int(stat[2][12])) / os.sysconf("SC_CLK_TCK")


def wake_ups(*pids: int) -> int:
    """How often the threads of these processes went to sleep of their own accord: a poller shows here."""
    count = 0
    for pid in pids:
        for task in (PROC / str(pid) / "task").iterdir():
            try:
                text = (task / "status").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            count += int(text.partition("\nvoluntary_ctxt_switches:")[2].split()[0])
    return count


def nodes(tree: dict[str, Any]) -> int:
    """How many scopes a tree of the ledger shows."""
    return 1 + sum(nodes(child) for child in tree.get("children", []))


@dataclass(frozen=True)
class Snapshot:
    """One look at the server: its ledger's gauges and what the operating system sees of it."""

    gauges: dict[str, int]
    system: dict[str, int]
    totals: dict[str, Any] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    tree: dict[str, Any] = field(default_factory=dict)

    def opened(self, *kinds: str) -> dict[str, int]:
        """How many of these kinds there have been since the start."""
        return {kind: self.totals[kind]["opened"] for kind in kinds if kind in self.totals}

    def live(self, *, ignoring: frozenset[str] = frozenset({"connection"})) -> dict[str, int]:
        """What exists now, by kind; connections are the probe's own, too."""
        return {kind: total["live"] for kind, total in self.totals.items() if kind not in ignoring and total["live"]}

    def excess(self, baseline: Snapshot, ignoring: frozenset[str] = frozenset()) -> dict[str, tuple[int, int]]:
        """What is not back at the baseline: name → (now, then)."""
        found: dict[str, tuple[int, int]] = {}
        for mine, theirs, prefix in ((self.gauges, baseline.gauges, ""), (self.system, baseline.system, "system ")):
            for name, then in theirs.items():
                now = mine.get(name)
                if name in KEPT or name in ignoring or prefix + name in ignoring or now == then:
                    continue
                if now is not None and now < then and name in MAY_SINK:
                    continue
                if now is not None and then < now <= then + MAY_RISE.get(name, 0):
                    continue
                found[prefix + name] = (now if now is not None else -1, then)
        # Kinds of which there was nothing before count as well.
        unseen = ignoring | {name.removesuffix("s") for name in ignoring} | {"connection"}
        mine, theirs = self.live(ignoring=unseen), baseline.live(ignoring=unseen)
        found |= {f"live {kind}": (now, theirs.get(kind, 0)) for kind, now in mine.items() if now > theirs.get(kind, 0)}
        return found


def ledger(port: int) -> dict[str, Any]:
    answer = wire.request(port, "GET", "/debug/scopes?format=json", patience=5)
    assert answer.status == 200, f"/debug/scopes answered {answer.status}: {answer.body[:200]!r}"
    return json.loads(answer.body)


def shared_pool(pid: int) -> tuple[int, int]:
    """Threads and descriptors of Swift's shared pool, which the host's heartbeat makes ten seconds after its start, whatever a test does. One
    thread for each core and one that manages them: what is beyond that is somebody else's doing, and counts."""
    names = []
    for task in (PROC / str(pid) / "task").iterdir():
        try:
            names.append((task / "comm").read_text().strip())
        except (FileNotFoundError, ProcessLookupError):
            continue
    threads = [name for name in names if "-qos" in name]
    # epoll, eventfd, timerfd
    return min(len(threads), (os.cpu_count() or 1) + 1), 3 if any(name.endswith("qos.overcommit") for name in threads) else 0


def look(pid: int, port: int) -> Snapshot:
    pool = shared_pool(pid)
    seen = ledger(port)
    if shared_pool(pid) != pool:
        return look(pid, port)  # it was made meanwhile: the ledger may have seen it or not
    gauges = seen["gauges"]
    return Snapshot(
        gauges={**gauges, "threads": gauges["threads"] - pool[0], "descriptors": gauges["descriptors"] - pool[1]},
        totals=seen["totals"], counters=seen.get("counters", {}), tree=seen["scopes"],
        system={
            "descriptors": len(descriptors(pid)) - pool[1], "threads": threads(pid) - pool[0], "children": len(descendants(pid)),
            "listeners": listeners(pid),
        })


def until(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """Waits for a condition of another process, which no event tells us of. Returns its first true value."""
    deadline = time.monotonic() + within(seconds)
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within(seconds):g} s: {what}")
        time.sleep(0.01)


def render(node: dict[str, Any], depth: int = 0) -> str:
    """The scope tree of the ledger as indented text, for messages of failed tests."""
    if not node:
        return "(no tree)"
    indent = "  " * depth
    lines = [f"{indent}{node.get('name')} [{node.get('state')}]"]
    lines += [f"{indent}  - {r.get('kind')} {r.get('label')} {r.get('description', '')}"[:160] for r in node.get("resources", [])]
    lines += [render(child, depth + 1) for child in node.get("children", [])]
    return "\n".join(lines)
