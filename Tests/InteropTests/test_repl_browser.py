"""The REPL plugin with a real, headless Chromium and pages of our own."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from kit import probes
from kit.http_client import HttpClient
from kit.server import HttpServer
from kit.settings import within

PAGES = {
    "/": b"<!doctype html><title>Shop</title><h1 id=head>Basket</h1><script>let items = 3; console.log('loaded', {items})</script>",
    "/broken": b"<!doctype html><title>Broken</title><script>console.error('oh'); fetch('/missing'); "
               b"setTimeout(() => { throw new Error('later') }, 1)</script><img src=http://127.0.0.1:9/i.png>",
    "/dialog": b"<!doctype html><title>Dialog</title><script>alert('hello')</script>",
}

if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
    pytest.skip("no browser is installed, and apt is not here to install one: apt-get install chromium", allow_module_level=True)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path)
        if self.path == "/slow":
            time.sleep(within(2))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_address[1]}"
    served.shutdown()


class Browser:
    def __init__(self, server: HttpServer, era: str) -> None:
        self.client = HttpClient(server.port, era, log_level=None)

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        if self.client.handle is not None:
            arguments["session"] = self.client.handle
        with self.client.start("tools/call", {"name": tool, "arguments": arguments}, patience=within(60)) as stream:
            result = stream.drain()
        self.client.handle = result.get("structuredContent", {}).get("session") or self.client.handle
        return result

    def page(self, **arguments: Any) -> dict[str, Any]:
        return self.call("repl_page", **arguments)["structuredContent"]

    def eval(self, code: str, **arguments: Any) -> dict[str, Any]:
        return self.call("repl_eval", language="browser", code=code, **arguments)["structuredContent"]


@pytest.fixture(scope="module", params=["modern", "legacy"])
def browser(request: pytest.FixtureRequest, server: HttpServer) -> Iterator[Browser]:
    """One for the tests of an era."""
    browser = Browser(server, request.param)
    yield browser
    browser.call("repl_close")


def test_goes_to_a_page_and_evaluates_in_it(browser: Browser, site: str) -> None:
    there = browser.page(url=f"{site}/")
    assert there["status"] == "ok" and there["value"]["json"] == {"url": f"{site}/", "title": "Shop"}
    assert "loaded {items: 3}" in there["stdout"]
    assert browser.eval("document.querySelector('#head').textContent")["value"]["json"] == "Basket"
    assert browser.eval("document.querySelector('#head')")["value"]["repr"] == '<h1 id="head">Basket</h1>'
    assert browser.eval("let mine = 20; items + mine")["value"]["json"] == 23
    assert browser.eval("await new Promise((done) => setTimeout(() => done({a: [1, mine]}), 5))")["value"]["json"] == {"a": [1, 20]}
    assert "value" not in browser.eval("undefined")
    printed = browser.eval("console.log('out'); console.error('err'); 1")
    assert (printed["stdout"], printed["stderr"]) == ("out\n", "err\n")


def test_exceptions_are_told_apart(browser: Browser) -> None:
    thrown = browser.eval("console.log('before'); null.x")
    assert thrown["status"] == "exception" and thrown["stdout"] == "before\n"
    assert thrown["exception"]["type"] == "TypeError" and "null" in thrown["exception"]["message"]
    assert browser.eval("if")["exception"]["type"] == "SyntaxError"
    assert browser.eval("throw 5")["exception"]["message"] == "5"
    assert browser.eval("await Promise.reject(new RangeError('r'))")["exception"]["type"] == "RangeError"


def test_what_a_page_does_wrong_is_output(browser: Browser, site: str) -> None:
    answer = browser.page(url=f"{site}/broken")
    seen = answer["stderr"]
    expected = ("oh\n", f"GET {site}/missing: 404", "GET http://127.0.0.1:9/i.png: net::ERR", "Uncaught Error: later")
    deadline = time.monotonic() + within(5)
    while not all(told in seen for told in expected) and time.monotonic() < deadline:
        more = browser.eval("0")
        seen += more["stderr"] + more.get("background", "")
    assert [told for told in expected if told not in seen] == []


def test_a_picture_is_an_image(browser: Browser, site: str) -> None:
    browser.page(url=f"{site}/")
    for picture in ("visible", "whole"):
        result = browser.call("repl_page", picture=picture)
        (image,) = [block for block in result["content"] if block["type"] == "image"]
        assert image["mimeType"] == "image/png" and image["data"].startswith("iVBORw0KGg") and len(image["data"]) > 1000


def test_where_nobody_answers_is_said(browser: Browser) -> None:
    answer = browser.page(url="http://127.0.0.1:9/")
    assert answer["status"] == "exception" and "net::ERR" in answer["exception"]["message"]


def test_a_dialog_does_not_stop_the_page(browser: Browser, site: str) -> None:
    assert "alert: hello\n" in browser.page(url=f"{site}/dialog")["stdout"]


@pytest.mark.parametrize("stuck", ["for (;;);", "await new Promise(() => {})", "await null; for (;;);",
                                   "await new Promise((done) => setTimeout(done, 10)); for (;;);"])
def test_a_time_limit_keeps_the_page(browser: Browser, site: str, stuck: str) -> None:
    browser.page(url=f"{site}/")
    browser.eval("globalThis.kept = 5")
    answer = browser.eval(stuck, timeoutSeconds=0.3)
    assert (answer["status"], answer["state"]) == ("timeout", "kept"), answer
    again = browser.eval("kept")
    assert again["value"]["json"] == 5 and not again["opened"]


def test_a_page_that_is_slow_is_given_up(browser: Browser, site: str) -> None:
    answer = browser.page(url=f"{site}/slow", timeoutSeconds=0.3)
    assert (answer["status"], answer["state"]) == ("timeout", "kept")
    assert browser.page(url=f"{site}/")["value"]["json"]["title"] == "Shop"


def test_code_that_leaves_its_page(browser: Browser, site: str) -> None:
    browser.page(url=f"{site}/")
    answer = browser.eval("location.href = '/dialog'; await new Promise(() => {})")
    assert answer["exception"]["type"] == "Navigated" and answer["state"] == "kept"
    assert browser.eval("1 + 1")["value"]["json"] == 2


def test_all_of_it_is_gone_with_its_session(site: str) -> None:
    with HttpServer() as server:
        Browser(server, "legacy").client.end_session()
        baseline = server.settle()
        browser = Browser(server, "legacy")
        browser.page(url=f"{site}/")
        (listed,) = browser.call("repl_list")["structuredContent"]["interpreters"]
        command = probes.command_line(listed["pid"])
        profile = next(part.split("=", 1)[1] for part in command.split() if part.startswith("--user-data-dir="))
        assert os.path.isdir(profile) and len(probes.descendants(server.pid)) > 3
        assert "--remote-debugging-port" not in command
        assert browser.client.end_session().status in (200, 204)
        probes.until(lambda: not os.path.exists(profile), within(8), "its profile is gone")
        server.await_baseline(baseline, 5)


def test_a_browser_that_ends_is_told(server: HttpServer) -> None:
    browser = Browser(server, "legacy")
    browser.eval("1")
    (listed,) = browser.call("repl_list")["structuredContent"]["interpreters"]
    os.kill(listed["pid"], 9)
    answer = browser.eval("2")
    if answer["status"] == "died":  # it was under way already
        assert answer["ended"]["signal"] == "SIGKILL"
    else:
        assert answer["opened"] and answer["before"]["signal"] == "SIGKILL"
    browser.call("repl_close")
    text = browser.call("repl_page", repl="nothing")["content"][0]["text"]
    assert 'No interpreter "nothing"' in text


def test_pages_are_for_browsers(server: HttpServer) -> None:
    browser = Browser(server, "legacy")
    browser.call("repl_eval", language="shell", code=":")
    assert "evaluates shell, not browser" in browser.call("repl_page", repl="shell")["content"][0]["text"]


# --- one that runs already


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, site: str) -> Iterator[int]:
    """The debugging port of a browser of somebody else, with a page open."""
    profile = tmp_path_factory.mktemp("profile")
    program = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    browser = subprocess.Popen(
        [program, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}", "--no-first-run", "--disable-gpu",
         "--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else []), f"{site}/"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    port_file = profile / "DevToolsActivePort"
    try:
        probes.until(lambda: port_file.exists() and port_file.read_text().count("\n"), within(20), "the browser has a port")
        yield int(port_file.read_text().split()[0])
        assert browser.poll() is None, "it was ended by somebody who only worked in it"
    finally:
        browser.terminate()
        browser.wait(within(10))


def pages(port: int) -> list[str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=within(5)) as answer:
        return sorted(each["url"] for each in json.load(answer) if each["type"] == "page")


def test_a_page_of_its_own_in_a_browser_that_runs(server: HttpServer, running: int, site: str) -> None:
    before = pages(running)
    browser = Browser(server, "legacy")
    opened = browser.call("repl_open", language="browser", port=running)["structuredContent"]
    assert opened["version"].startswith("Chrome/") and opened["status"] == "idle"
    assert browser.page(url=f"{site}/dialog")["stdout"] == "alert: hello\n"
    assert browser.eval("document.title")["value"]["json"] == "Dialog"
    assert browser.eval("'x'.repeat(100000).length")["value"]["json"] == 100000
    assert len(browser.call("repl_page", picture="visible")["content"]) == 2
    assert browser.eval("for (;;);", timeoutSeconds=0.3)["state"] == "kept"
    assert pages(running) == sorted([*before, f"{site}/dialog"])
    browser.client.end_session()
    probes.until(lambda: pages(running) == before, within(5), "its page is gone, and no other")


def test_the_page_that_was_asked_for(server: HttpServer, running: int, site: str) -> None:
    browser = Browser(server, "legacy")
    browser.call("repl_open", language="browser", port=running, page="shop")
    assert browser.eval("location.href + ' ' + items")["value"]["json"] == f"{site}/ 3"
    text = browser.call("repl_open", language="browser", port=running, page="nowhere", name="other")["content"][0]["text"]
    assert 'no page of it match "nowhere"; it has:' in text and f"Shop {site}/" in text
    browser.client.end_session()
    assert f"{site}/" in pages(running), "it is the person's"


def test_where_no_browser_is_that_is_said(server: HttpServer, site: str) -> None:
    browser = Browser(server, "legacy")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        text = browser.call("repl_open", language="browser", port=unused.getsockname()[1])["content"][0]["text"]
    assert "exited with code 1" in text and "start the browser with --remote-debugging-port" in text
    port = int(site.rsplit(":", 1)[1])
    assert "no browser answers" in browser.call("repl_open", language="browser", port=port)["content"][0]["text"]
    assert 'needs "port"' in browser.call("repl_open", language="browser", page="x")["content"][0]["text"]
    assert "are a browser's" in browser.call("repl_open", language="python", port=1)["content"][0]["text"]
