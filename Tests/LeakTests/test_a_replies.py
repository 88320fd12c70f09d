"""L6 with real interpreters: answers at the time-out, twice, by strangers, or never, and targets that die under others."""

from __future__ import annotations

import contextlib
import math
import os
import random
import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kit.http_client import HttpClient
from kit.server import HttpServer
from kit.settings import size, within

LIMIT = 0.05  # of the evaluations that are to meet it, in seconds
# One evaluation in Python may say what the driver says, and in whose name it likes.
DRIVER = "import sys; driver = sys._getframe(1).f_globals; send, current = driver['send'], driver['State'].current"


@dataclass
class Evaluation:
    kind: str
    number: int
    code: str
    right: set[Any]  # values, or names of outcomes, of which it may have one
    limit: float = 30
    outcomes: list[Any] = field(default_factory=list)
    seconds: float = 0


def evaluations(language: str, count: int, journal: Path, dice: random.Random) -> list[Evaluation]:
    """What one interpreter is asked: each notes that it runs, and one of them ends the interpreter."""
    made = []
    for number in range(count):
        kind = "dies" if number == count * 2 // 3 else dice.choice(
            ["value", "around", "never", "twice", "strangers"] if language == "python" else ["value", "around", "never"])
        around = max(0.0, LIMIT + dice.uniform(-0.002, 0.002))
        note = {
            "python": f"import os, time; file = os.open({str(journal)!r}, os.O_WRONLY | os.O_APPEND)\n"
                      f"os.write(file, b'{number}\\n'); os.close(file)\n",
            "node": f"fs.appendFileSync({str(journal)!r}, '{number}\\n');",
            "shell": f"echo {number} >> {journal}\n",
        }[language]
        sleep = {"python": "time.sleep({0:.6f})\n", "shell": "sleep {0:.6f}\n",
                 "node": "await new Promise((done) => setTimeout(done, {0} * 1000));"}[language]
        value = {"python": f"{number}", "node": f"{number}", "shell": f"(exit {number % 100})"}[language]
        expected = number % 100 if language == "shell" else number
        made.append({
            "value": lambda: Evaluation(kind, number, note + value, {expected}),
            "around": lambda: Evaluation(kind, number, note + sleep.format(around) + value, {expected, "timeout"}, LIMIT),
            "never": lambda: Evaluation(kind, number, note + sleep.format(1000) + value, {"timeout"}, LIMIT),
            # The first answer counts, whoever gives it, if it has the name that nobody else can know.
            "twice": lambda: Evaluation(
                kind, number, f"{note}{DRIVER}\nfor _ in range(2): send({{'id': current, 'value': {{'repr': '-1', 'json': -1}}}})\n{value}",
                {-1}),
            "strangers": lambda: Evaluation(
                kind, number, f"{note}{DRIVER}\nearlier = globals().get('last', 'nobody'); last = current\n"
                f"for name in (earlier, 'nobody', ''): send({{'id': name, 'value': {{'repr': '-2', 'json': -2}}}})\n{value}", {expected}),
            "dies": lambda: Evaluation(kind, number, note + {
                "python": "os._exit(3)", "node": "process.kill(process.pid, 'SIGKILL'); for (;;);", "shell": "kill -9 $$"}[language], {"died"}),
        }[kind]())
    return made


def outcome(result: dict[str, Any]) -> Any:
    answer = result.get("structuredContent")
    if answer is None:
        return "not run" if result["content"][0]["text"].startswith("This was not run") else result["content"][0]["text"]
    return answer["value"]["json"] if answer["status"] == "ok" else answer["status"]


def evaluate(session: HttpClient, language: str, evaluation: Evaluation) -> None:
    client = HttpClient.sharing(session)
    arguments = {"language": language, "code": evaluation.code, "timeoutSeconds": evaluation.limit}
    with client.start("tools/call", {"name": "repl_eval", "arguments": arguments}, patience=within(120)) as stream, contextlib.suppress(OSError):
        while (message := stream.next()) is not None:
            if "method" not in message:
                evaluation.outcomes.append(outcome(message["result"]) if "result" in message else message["error"])
    evaluation.seconds = time.monotonic()


@pytest.mark.leak_row("replies-are-exactly-once")
def test_L6_replies_are_exactly_once_with_interpreters(tmp_path) -> None:
    each, total = 50, size(150, 1000)
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    languages = ["python", *(["node"] if shutil.which("node") else []), "shell"]
    with HttpServer() as server:
        for language in languages:
            warm = HttpClient(server.port, "legacy")
            warm.tool("repl_eval", language=language, code=":" if language == "shell" else "0")
            warm.end_session()
        baseline = server.settle()
        asked: list[tuple[HttpClient, str, Path, list[Evaluation]]] = []
        for index in range(total // each):
            language = languages[index % 4 if index % 4 < len(languages) else 0]
            journal = tmp_path / f"journal-{index}"
            journal.touch()
            asked.append((HttpClient(server.port, "legacy", log_level=None), language, journal, evaluations(language, each, journal, dice)))
        # Daemons: one that waits in vain ends with the server.
        threads = [threading.Thread(target=evaluate, args=(session, language, evaluation), daemon=True)
                   for session, language, _, made in asked for evaluation in made]
        dice.shuffle(threads)
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + within(size(25, 120))
        for thread in threads:
            thread.join(max(0, deadline - time.monotonic()))
        for session, language, journal, made in asked:
            ran = [int(line) for line in journal.read_text().split()]
            assert len(ran) == len(set(ran)), f"run twice, {language}"
            # That which is to end the interpreter may be among those that are not run, where an interrupt was not heeded before.
            ended = min((each.seconds for each in made if each.outcomes in (["died"], ["not run"])), default=math.inf)
            for each in made:
                assert len(each.outcomes) == 1, f"{len(each.outcomes)} answers to {each}"
                assert each.outcomes[0] in each.right | {"not run"}, each
                assert (each.number in ran) == (each.outcomes != ["not run"]), f"{each} and it was {'' if each.number in ran else 'not '}run"
                # Whoever waited when the interpreter ended was told at once, and not when its own time was up.
                if each.outcomes == ["not run"]:
                    assert each.seconds - ended < within(1), each
            listed = session.tool("repl_list")["interpreters"]
            assert all((one["status"], one["waiting"]) == ("idle", 0) for one in listed if one["status"] != "ended"), listed
            # Of the interpreter that came after the one that ended: the second and third answer of one, all three strange ones of the other.
            last = {each.number: each.kind for each in made if each.number in ran and each.seconds >= ended}.values()
            dropped = sum({"twice": 2, "strangers": 3}.get(kind, 0) for kind in last)
            assert sum(one.get("droppedAnswers", 0) for one in listed if one["status"] != "ended") == dropped
            assert session.end_session().status in (200, 204)
        now = server.await_baseline(baseline, 3)
        assert now.counters.get("replies.late", 0) > baseline.counters.get("replies.late", 0), "answers came after the time-out"
