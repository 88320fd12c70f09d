"""The plugin that misbehaves on request (Tests/LeakTests/plugins/misbehaving.c), with its journal and its gates."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from pathlib import Path

from . import probes
from .programs import Gate
from .settings import REPOSITORY

SOURCES = REPOSITORY / "Tests/LeakTests/plugins"
HEADERS = REPOSITORY / "Sources/CAmbit/include"


@functools.cache
def _folder() -> tempfile.TemporaryDirectory:
    """Goes with the test run."""
    return tempfile.TemporaryDirectory(prefix="ambit-leak-plugins-")


@functools.cache
def compiled(source: str, folder: Path = SOURCES) -> str:
    """The library made of a C file beside the tests, built once a run."""
    library = Path(_folder().name) / f"lib{Path(source).stem}.so"
    subprocess.run(
        ["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden", "-pthread",
         "-I", str(HEADERS), "-I", str(Path(__file__).parent), str(folder / source), "-o", str(library)], check=True)
    return str(library)


class Misbehaving:
    """One server's use of the plugin: what to start the server with, what the plugin wrote down, where it waits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.arguments = ["--plugin", compiled("misbehaving.c")]
        self.environment = {"AMBIT_LEAK_FOLDER": str(folder)}

    def gate(self, name: str) -> Gate:
        return Gate(self.folder / name)

    def journal(self) -> list[str]:
        path = self.folder / "journal"
        return path.read_text().splitlines() if path.exists() else []

    def await_entry(self, start: str, seconds: float = 5) -> str:
        """The first line of the journal that starts so."""
        return probes.until(
            lambda: next((line for line in self.journal() if line.startswith(start)), None), seconds,
            f"the journal says {start!r}: {self.journal()}")

    def number(self, name: str, seconds: float = 5) -> int:
        """A number that a program wrote into a file of the folder."""
        path = self.folder / name
        return int(probes.until(lambda: path.exists() and path.read_text().strip(), seconds, f"a number in {name}"))
