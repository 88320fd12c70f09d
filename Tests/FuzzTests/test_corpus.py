"""What was found, or is known to trip others: each stays right. Bytes stand as the characters of the same number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kit.http_client import PATH
from kit.server import HttpServer
from wirefuzz import json_text, judge
from wirefuzz.case import Case
from wirefuzz.http_driver import HttpDriver
from wirefuzz.reply import NotHTTP, Reply

CORPUS = [json.loads(line) for line in (Path(__file__).parent / "corpus.jsonl").read_text().splitlines()]
STANDARD = {"Host": "localhost", "Content-Type": "application/json", "Accept": "application/json, text/event-stream", "Connection": "close"}


def pieces(entry: dict[str, Any]) -> list[bytes]:
    if "raw" in entry:
        return [piece.encode("latin-1") for piece in entry["raw"]]
    body = entry["body"].encode("latin-1")
    fields = {**STANDARD, **entry["headers"], "Content-Length": str(len(body))}
    return [f"POST {PATH} HTTP/1.1\r\n".encode() + "".join(f"{n}: {v}\r\n" for n, v in fields.items()).encode() + b"\r\n" + body]


@pytest.mark.usefixtures("unharmed")
def test_what_was_found_stays_right(server: HttpServer) -> None:
    driver, wrong = HttpDriver(server.port), []
    for entry in CORPUS:
        case = Case(entry["why"], pieces(entry), method=entry.get("method", "POST"), ends=entry.get("ends", True))
        try:
            answers = [code_of(reply) for reply in driver.exchange(case)]
        except (AssertionError, NotHTTP) as error:
            answers = [error]
        if answers != [tuple(answer) for answer in entry["answers"]]:
            wrong.append(f"{entry['why']}: {answers}, wanted {entry['answers']}")
    assert not wrong, "\n".join(wrong)


def code_of(reply: Reply) -> tuple[int, int | None]:
    """Status, and the code of an error."""
    if reply.content_type != "application/json" or not reply.body:
        return reply.status, None
    answer = judge.message(reply.body)
    return reply.status, json_text.plain(answer["error"]["code"]) if "error" in answer else None
