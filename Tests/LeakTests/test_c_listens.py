"""Listens whose clients vanish or never read."""

from __future__ import annotations

import os
import random
import subprocess

import pytest

from kit import messages, probes
from kit.http_client import HttpClient, Stream
from kit.listen import TOOLS_CHANGED, listen
from kit.server import HttpServer, binary, flags
from kit.settings import size


def change(server: HttpServer) -> None:
    """The list of tools changes."""
    subprocess.run([binary(), "plugin", "restart", "logs", "--pid", str(server.pid)], check=True, capture_output=True,
                   env=dict(os.environ))


@pytest.mark.leak_row("vanished-listens-are-forgotten")
def test_vanished_listens_are_forgotten() -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    with HttpServer() as server:
        client = HttpClient(server.port)
        listen(client).close()
        change(server)
        baseline = server.settle()
        staying = listen(client)
        with_one = server.settle()
        open_ones: list[Stream] = []
        for number in range(size(200, 1000)):
            message = messages.modern("subscriptions/listen", {"notifications": {"toolsListChanged": True}}, id=number)
            stream = Stream(client, message, None, 10)
            if chance.random() < 0.8:
                assert stream.next() is not None
            open_ones.append(stream)
            while len(open_ones) > 40 or (open_ones and chance.random() < 0.4):
                leaving = open_ones.pop(chance.randrange(len(open_ones)))
                leaving.vanish() if chance.random() < 0.5 else leaving.close()
        for stream in open_ones:
            stream.vanish()
        server.await_baseline(with_one, 2)
        probes.until(lambda: server.look().live() == with_one.live(), 2, "the ledger knows none of those that left")
        change(server)
        assert staying.next()["method"] == TOOLS_CHANGED
        staying.close()
        server.await_baseline(baseline, 2)
        probes.until(lambda: server.look().live() == baseline.live(), 2, "the ledger knows no listen")


@pytest.mark.leak_row("stalled-listens-stay-bounded")
def test_stalled_listens_stay_bounded(misbehaving) -> None:
    with HttpServer(*misbehaving.arguments, *flags(write_deadline="1s", keep_alive="0.1s"),
                    environment=misbehaving.environment) as server:
        client = HttpClient(server.port)
        baseline = server.settle()
        id = "x" * 200_000  # every frame carries it: a client that does not read has a full socket soon
        stalled = [listen(client, f"{id}{number}", receive_buffer=4096) for number in range(3)]
        reading = listen(client)
        before = baseline.counters.get("streams.stalled", 0)

        def all_closed() -> bool:
            change(server)
            bytes_now = server.gauge("queuedBytes")
            assert bytes_now <= 3 * (1 << 20) + (1 << 20), bytes_now
            return server.look().counters.get("streams.stalled", 0) == before + 3

        probes.until(all_closed, 20, "the write deadline has closed the stalled listens")
        assert reading.next()["method"] == TOOLS_CHANGED
        for stream in [*stalled, reading]:
            stream.close()
        server.await_baseline(baseline, 2)
        probes.until(lambda: server.look().live() == baseline.live(), 2, "the ledger knows no listen")
