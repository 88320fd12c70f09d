#!/usr/bin/env python3
"""Turns each leak row's compiled fault on in turn (AMBIT_FAULT=<row>) and demands that exactly that row's test turns red.

A row's own test must fail by one of its assertions, every other row's test must pass, but for tests that name the row in
`also_red_by`: where a client that leaves is not noticed at all, several promises are broken at once. Arguments name the rows to
try; without any, every row that Tests/LeakTests has a test for. FAULTS_OWN_ONLY=1 leaves the other rows' tests out.

--check runs nothing: it demands that rows with tests, compiled faults and the table in docs/testing.md are the same.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Outcome:
    row: str
    test: str
    outcome: str  # passed, failed (by an assertion), raised (something else), error (outside the test) or skipped
    also_red_by: frozenset[str] = frozenset()


def told_by_assertion(message: str) -> bool:
    return message.startswith(("AssertionError", "assert ", "Failed: ")) and "the test was not over" not in message


def run(fault: str | None, *arguments: str) -> list[Outcome]:
    environment = {name: value for name, value in os.environ.items() if name != "AMBIT_FAULT"}
    if fault is not None:
        environment["AMBIT_FAULT"] = fault
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        done = subprocess.run(
            [str(ROOT / "scripts/pytest.sh"), str(ROOT / "Tests/LeakTests"), "-q", "--tb=line", "--durations=0",
             f"--junitxml={report}", *arguments],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if not report.exists():
            raise SystemExit(f"faults: pytest did not run:\n{done.stdout}")
        found = []
        for case in xml.parse(report).getroot().iter("testcase"):
            told = {p.get("name"): p.get("value", "") for p in case.iter("property")}
            outcome = next((kind for tag, kind in (("failure", "failed"), ("error", "error"), ("skipped", "skipped"))
                            if case.find(tag) is not None), "passed")
            # A test that pytest cut short, or that waited in vain, proves nothing about its assertions.
            if outcome == "failed" and not told_by_assertion(case.find("failure").get("message", "")):
                outcome = "raised"
            found.append(Outcome(told.get("leak_row", "?"), case.get("name", "?"), outcome,
                                 frozenset(told.get("also_red_by", "").split())))
        return found


def rows_with_tests() -> list[str]:
    listed = subprocess.run(
        ["grep", "-rhoE", r'leak_row\("[^"]+"', str(ROOT / "Tests/LeakTests"), "--include=test_*.py"],
        capture_output=True, text=True).stdout
    return list(dict.fromkeys(line.split('"')[1] for line in listed.splitlines()))


def compiled_faults() -> list[str]:
    found = subprocess.run(
        ["grep", "-rhoE", r'isOn\("[^"]+"\)', str(ROOT / "Sources"), str(ROOT / "Plugins"), "--include=*.swift"],
        capture_output=True, text=True).stdout
    return list(dict.fromkeys(line.split('"')[1] for line in found.splitlines()))


def documented_rows() -> list[str]:
    text = (ROOT / "docs/testing.md").read_text()
    return re.findall(r"^\| `([a-z0-9-]+)`", text.partition("## Leaks")[2].partition("### Not yet")[0], re.MULTILINE)


def check(tests: list[str], faults: list[str], documented: list[str]) -> list[str]:
    """What is missing where; nothing when all three name the same rows."""
    rows = {"a test in Tests/LeakTests": tests, "a compiled fault": faults, "a line in docs/testing.md": documented}
    wrong = [f"{row} lacks {where}" for row in dict.fromkeys([*tests, *faults, *documented])
             for where, those in rows.items() if row not in those]
    return wrong + [f"{row} is in docs/testing.md twice" for row in dict.fromkeys(documented) if documented.count(row) > 1]


def judge(row: str, outcomes: list[Outcome]) -> list[str]:
    """What is wrong with a run under this row's fault; nothing when exactly this row is red."""
    own = [each for each in outcomes if each.row == row]
    wrong = [f"{each.test} of row {each.row} {each.outcome} as well" for each in outcomes
             if each.row != row and each.outcome in ("failed", "raised", "error") and row not in each.also_red_by]
    if not own:
        wrong.append("no test of this row ran")
    elif not any(each.outcome == "failed" for each in own):
        wrong.append("its test did not turn red: " + ", ".join(f"{each.test} {each.outcome}" for each in own))
    return wrong


def main(arguments: list[str]) -> int:
    known = rows_with_tests()
    if arguments == ["--check"]:
        wrong = check(known, compiled_faults(), documented_rows())
        for each in wrong:
            print(f"faults: {each}", file=sys.stderr)
        return 1 if wrong else 0
    if unknown := [row for row in arguments if row not in known]:
        print(f"faults: no test for {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    failed = 0
    for row in arguments or known:
        started = time.monotonic()
        only = ["-k", row.replace("-", "_")] if os.environ.get("FAULTS_OWN_ONLY") else []
        wrong = judge(row, run(row, *only))
        failed += bool(wrong)
        print(f"fault {row}: {'FAILED' if wrong else 'red, as it must be'} ({time.monotonic() - started:.0f} s)", flush=True)
        for reason in wrong:
            print(f"    {reason}", flush=True)
    total = len(arguments or known)
    print(f"{total - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
