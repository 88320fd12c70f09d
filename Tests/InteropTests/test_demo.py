"""`make demo` must work on the day: it is played here without its pauses."""

import os
import subprocess
import sys

from kit.server import binary
from kit.settings import REPOSITORY, within


def test_demo_plays_and_leaves_nothing() -> None:
    played = subprocess.run(
        [sys.executable, str(REPOSITORY / "scripts/demo.py")], capture_output=True, text=True, timeout=within(60),
        env={**os.environ, "AMBIT_BIN": binary(), "DEMO_PACE": "0"})
    assert played.returncode == 0, played.stdout + played.stderr
    assert "GET /orders/" in played.stdout and "every gauge is back" in played.stdout
