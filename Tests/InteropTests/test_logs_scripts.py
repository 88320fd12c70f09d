"""The log plugin with real programs: scripts of projects, readiness, input, terminals, errors."""

from __future__ import annotations

import json
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kit.http_client import HttpClient
from kit.server import HttpServer


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def client(server: HttpServer) -> HttpClient:
    return HttpClient(server.port)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project whose `dev` is a chain of make, a shell and Python, as `npm run dev` is one of npm, a shell and node."""
    (tmp_path / "Makefile").write_text("dev: ## serves it\n\t@echo starting; python3 -u -m http.server --bind 127.0.0.1 $$PORT\n")
    (tmp_path / "Procfile").write_text("web: exec sleep 1000\n")
    return tmp_path


def test_scripts_are_listed_and_run(client: HttpClient, shop: Path) -> None:
    found = client.tool("scripts_list", cwd=str(shop))
    assert [(script["name"], script["source"]) for script in found["scripts"]] == [("dev", "Makefile"), ("web", "Procfile")]
    assert found["scripts"][0]["description"] == "serves it"
    port = free_port()
    ran = client.tool("process_run", script="dev", cwd=str(shop), env={"PORT": str(port)}, readyUrl=f"http://127.0.0.1:{port}/")
    assert ran["ready"] and "answers with 200" in ran["readyBy"] and ran["name"] == "dev"
    listed = next(p for p in client.tool("process_list")["processes"] if p["process"] == ran["process"])
    assert listed["urls"] == [f"http://127.0.0.1:{port}/"]
    again = client.tool("process_run", script="dev", cwd=str(shop), env={"PORT": str(port)})
    assert again["alreadyRunning"] and again["process"] == ran["process"]
    stopped = client.tool("process_stop", process=ran["process"])
    assert stopped["status"] == "stopped"
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_script_that_is_not_there_is_told_with_those_that_are(client: HttpClient, shop: Path) -> None:
    with pytest.raises(Exception, match="No script \"deploy\".*there are dev, web"):
        client.tool("process_run", script="deploy", cwd=str(shop))
    (shop / "package.json").write_text(json.dumps({"scripts": {"dev": "vite"}}))
    with pytest.raises(Exception, match="Several files have a script \"dev\".*package.json:dev.*Makefile:dev"):
        client.tool("process_run", script="dev", cwd=str(shop))
    with pytest.raises(Exception, match="no such directory"):
        client.tool("scripts_list", cwd=str(shop / "nowhere"))


def test_twenty_starts_at_once_are_one_or_twenty(client: HttpClient, shop: Path) -> None:
    first = client.tool("process_run", argv=["true"], mode="wait")  # the session

    def start(again: bool) -> str:
        return client.tool("process_run", script="web", cwd=str(shop), again=again)["process"]

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(start, [False] * 20))) == 1
        assert len(set(pool.map(start, [True] * 20))) == 20
    running = [p for p in client.tool("process_list")["processes"] if p["status"] == "running"]
    assert len(running) == 21, first
    for process in running:
        client.tool("process_stop", process=process["process"])


def test_readiness_says_what_was_seen_instead(client: HttpClient) -> None:
    port = free_port()
    late = client.tool("process_run", argv=["sh", "-c", "echo warming up; sleep 1000"], readyText="listening", readyPort=port,
                       readySeconds=0.4)
    assert late["ready"] is False and late["status"] == "running"
    assert "no such line" in late["notReady"] and f"port {port}" in late["notReady"] and "1 line of output" in late["notReady"]
    assert [line["text"] for line in late["lastLines"]] == ["warming up"]
    client.tool("process_stop", process=late["process"])
    dead = client.tool("process_run", argv=["sh", "-c", "echo no port >&2; exit 3"], readyPort=port)
    assert dead["ready"] is False and dead["exitCode"] == 3 and dead["lastLines"][0]["text"] == "no port"
    ready = client.tool("process_run", argv=["sh", "-c", "echo one; echo now listening on x; sleep 1000"], readyText="listening on (.+)")
    assert ready["readyBy"] == "line 2: now listening on x"
    client.tool("process_stop", process=ready["process"])
    with pytest.raises(Exception, match="only http://"):
        client.tool("process_run", argv=["true"], readyUrl="https://localhost/")


def test_input_is_written_and_ends(client: HttpClient) -> None:
    cat = client.tool("process_run", argv=["cat"], input=True)["process"]
    assert client.tool("process_write", process=cat, text="eins\nzwei\n")["written"] == 10
    client.tool("process_write", process=cat, close=True)
    with client.tool_stream("logs_follow", process=cat, after=0) as call:
        assert call.drain()["structuredContent"]["reason"] == "ended"
    assert client.all_lines(cat)[0] == ["eins", "zwei"]
    sleep = client.tool("process_run", argv=["sleep", "1000"])["process"]
    with pytest.raises(Exception, match="has no input"):
        client.tool("process_write", process=sleep, text="x")
    client.tool("process_stop", process=sleep)


def test_a_terminal_is_one_and_takes_its_keys(client: HttpClient) -> None:
    program = "import sys; print(sys.stdout.isatty(), sys.stdin.isatty()); print('got', input('name? '))"
    asked = client.tool("process_run", argv=["python3", "-c", program], pty=True, readyText="^True True")
    client.tool("process_write", process=asked["process"], text="ada\n")
    with client.tool_stream("logs_follow", process=asked["process"], after=0) as call:
        call.drain()
    lines = client.all_lines(asked["process"])[0]
    assert lines[0] == "True True" and lines[-1] == "got ada"
    reads = client.tool("process_run", argv=["cat"], pty=True)["process"]
    client.tool("process_write", process=reads, text="\x03")
    with client.tool_stream("logs_follow", process=reads, after=0) as call:
        call.drain()
    ended = next(p for p in client.tool("process_list")["processes"] if p["process"] == reads)
    assert ended["signal"] == "SIGINT"


def test_errors_of_real_programs_are_found(client: HttpClient, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("def total(x):\n    return x['price']\n\n\ntotal({})\n")
    run = client.tool("process_run", argv=["python3", "shop.py"], cwd=str(tmp_path), mode="wait")
    errors = client.tool("logs_errors", process=run["process"])
    assert [(e["type"], e["message"], e["line"]) for e in errors["errors"]] == [("KeyError", "'price'", 2)]
    assert errors["errors"][0]["file"].endswith("shop.py") and errors["complete"]
    assert client.tool("logs_errors", process=run["process"], after=errors["cursor"])["errors"] == []
    if shutil.which("gcc"):
        (tmp_path / "main.c").write_text("int main(void) { int unused; return price; }\n")
        built = client.tool("process_run", argv=["gcc", "-Wall", "-c", "main.c"], cwd=str(tmp_path), mode="wait", env={"LC_ALL": "C"})
        found = client.tool("logs_errors", process=built["process"], warnings=True)
        assert {(e["level"], e["file"], e["line"]) for e in found["errors"]} == {("error", "main.c", 1), ("warning", "main.c", 1)}
    everything = client.tool("logs_errors")
    assert {e["process"] for e in everything["errors"]} >= {run["process"]}


def test_queries_choose_lines(client: HttpClient) -> None:
    script = "echo INFO one; echo 'ERROR two' >&2; echo 'ERROR three'; for i in 1 2 3; do echo GET /$i; done"
    run = client.tool("process_run", argv=["sh", "-c", script], mode="wait")["process"]

    def texts(**query: object) -> list[str]:
        return [line["text"] for line in client.tool("logs_query", process=run, **query)["lines"]]

    assert sorted(texts(level="error")) == ["ERROR three", "ERROR two"]
    assert texts(level="error", stream="stdout") == ["ERROR three"]
    assert texts(regex=r"^GET /[23]$") == ["GET /2", "GET /3"]
    assert texts(regex=r"^GET", invert=True, stream="stdout") == ["INFO one", "ERROR three"]
    folded = client.tool("logs_query", process=run, regex="^GET", collapse=True)["lines"]
    assert [(line["text"], line["repeats"]) for line in folded] == [("GET /1", 3)]
    assert texts(until="1h") == [] and len(texts(since="1h")) == 6
    with pytest.raises(Exception, match="no regular expression"):
        texts(regex="(")
    with pytest.raises(Exception, match="give a time like"):
        texts(since="yesterday")
