"""Where things are and how long they may take. Every value can be set from the environment."""

import os
import shlex
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# The server under test, and what it is always given besides a test's own arguments.
AMBIT_BIN = os.environ.get("AMBIT_BIN", str(REPOSITORY / ".build/debug/ambit"))
# The configuration of whoever runs the tests is not theirs.
os.environ["AMBIT_CONFIG"] = "none"
SERVER_ARGUMENTS = shlex.split(os.environ.get("AMBIT_SERVE_ARGS", ""))

# The official MCP schemas, one file per revision. They are not part of this repository.
SCHEMAS = Path(os.environ.get("AMBIT_MCP_SCHEMAS", str(REPOSITORY.parent / "shared/mcp/schema")))

# A slow machine multiplies every deadline of a test.
TIME_FACTOR = float(os.environ.get("AMBIT_TIME_FACTOR", "1"))

# AMBIT_SOAK=1 runs the leak tests at the sizes of the table instead of a tenth.
SOAK = os.environ.get("AMBIT_SOAK") == "1"

# Plugins are copied to a cache of these tests' own.
_cache = tempfile.TemporaryDirectory(prefix="ambit-test-cache-")
os.environ["XDG_CACHE_HOME"] = _cache.name
# So are their servers: no command finds one that somebody else runs on this machine.
_sockets = tempfile.TemporaryDirectory(prefix="ambit-test-run-")
os.environ.setdefault("AMBIT_RUNTIME_DIR", _sockets.name)

MODERN = "2026-07-28"
LEGACY = "2025-11-25"
LEGACY_VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")


def within(seconds: float) -> float:
    """A deadline of the table, stretched on a slow machine."""
    return seconds * TIME_FACTOR


def size(small: int, full: int) -> int:
    return full if SOAK else small
