"""`/metrics`: in the format of Prometheus, true to the ledger, and back at its baseline after load."""

from __future__ import annotations

import concurrent.futures
from pathlib import Path

import pytest
from kit import control, exposition, probes, wire
from kit.exposition import value
from kit.http_client import HttpClient
from kit.programs import warm_up
from kit.server import HttpServer


def scrape(server: HttpServer) -> dict[str, exposition.Family]:
    answer = wire.request(server.port, "GET", "/metrics")
    assert answer.status == 200 and answer.content_type == "text/plain"
    assert "version=0.0.4" in answer.headers["content-type"]
    return exposition.parse(answer.body.decode())


def live(families: dict[str, exposition.Family]) -> dict[str, float]:
    return {dict(labels)["kind"]: count for (_, labels), count in families["ambit_live"].samples.items()}


def test_the_page_is_well_formed_and_says_what_the_ledger_says(server: HttpServer) -> None:
    server.look()
    families = scrape(server)
    assert {
        "ambit_build_info", "ambit_ready", "ambit_live", "ambit_opened_total", "ambit_released_total", "ambit_abandoned_total",
        "ambit_sessions", "ambit_streams", "ambit_connections", "ambit_queued_bytes", "ambit_calls_in_flight", "ambit_plugin_info",
        "ambit_plugin_handles", "ambit_http_responses_total", "process_resident_memory_bytes", "process_open_fds", "process_threads",
        "process_start_time_seconds", "process_cpu_seconds_total",
    } <= families.keys()
    seen = server.look()
    assert value(families, "ambit_live", kind="scope") == seen.gauges["scopes"]
    assert live(families).get("process", 0) == 0
    assert value(families, "ambit_sessions") == seen.gauges["sessions"]
    assert value(families, "ambit_ready") == 1
    assert abs(value(families, "process_resident_memory_bytes") - probes.resident_bytes(server.pid)) < 16 << 20


def test_requests_and_calls_are_counted_once(tmp_path: Path) -> None:
    with HttpServer() as server:
        client = HttpClient(server.port)
        client.request("tools/list")
        before = scrape(server)
        for _ in range(5):
            client.tool("process_list")
        assert wire.request(server.port, "GET", "/nothing").status == 404
        after = scrape(server)

        def grown(name: str, **labels: str) -> float:
            key = (name, tuple(sorted(labels.items())))
            family = next(family for family in after.values() if key in family.samples)
            old = next((family.samples[key] for family in before.values() if key in family.samples), 0)
            return family.samples[key] - old

        assert grown("ambit_call_duration_seconds_count", tool="process_list") == 5
        assert grown("ambit_http_responses_total", status="404") == 1
        # Five calls, and the first look at this page.
        assert grown("ambit_http_responses_total", status="200") == 6
        client.request("tools/call", {"name": "process_stop", "arguments": {"process": "nobody"}})
        failures = scrape(server)["ambit_call_failures_total"].samples
        assert failures[("ambit_call_failures_total", (("code", "tool_error"), ("tool", "process_stop")))] == 1


def test_gauges_are_back_at_their_baseline_after_load(tmp_path: Path) -> None:
    with HttpServer() as server:
        client = HttpClient(server.port)
        warm_up(client, tmp_path)
        server.settle()
        baseline = scrape(server)

        def once(number: int) -> None:
            own = HttpClient(server.port, era="legacy" if number % 2 else "modern")
            if number % 3 == 0:
                stream = own.tool_stream("process_run", argv=["sh", "-c", "echo x; sleep 100"], mode="stream")
                assert stream.next_line() == "x"
                stream.vanish()
            else:
                own.tool("process_list")
            if number % 2:
                own.end_session()

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(once, range(48)))

        def is_back() -> bool:
            now = scrape(server)
            same = ("ambit_sessions", "ambit_streams", "ambit_calls_in_flight")
            return live(now).get("process", 0) == 0 and all(value(now, name) <= value(baseline, name) for name in same[1:])

        probes.until(is_back, 10, "the gauges are back")
        now = scrape(server)
        assert value(now, "ambit_abandoned_total", kind="task") == value(baseline, "ambit_abandoned_total", kind="task")
        for name, family in now.items():
            if family.kind == "counter":
                for key, count in family.samples.items():
                    assert count >= baseline.get(name, family).samples.get(key, 0), f"{key} shrank"


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_it_is_for_own_hosts_only(server: HttpServer, headers: dict[str, str]) -> None:
    assert wire.request(server.port, "GET", "/metrics", headers).status in (403, 421)


def test_the_control_socket_has_the_same(tmp_path: Path) -> None:
    with HttpServer(environment=control.environment(tmp_path / "run")) as server:
        path = control.path_of(tmp_path / "run", server.pid)
        families = exposition.parse(control.ask(path, "metrics")["text"])
        assert value(families, "ambit_live", kind="control") == 1
        assert families.keys() >= scrape(server).keys() - {"ambit_http_responses_total"}
