"""What an author starts with: Ambit installed below a prefix of its own, plugins begun with it in an empty folder, built as generated, and
served. Nothing of it may need the repository."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit import server as kit_server
from kit.http_client import HttpClient
from kit.server import HttpServer
from kit.settings import AMBIT_BIN, REPOSITORY, within

BUILT = Path(AMBIT_BIN).parent


def run(*command: str | Path, cwd: Path | None = None, seconds: float = 60, status: int = 0) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=within(seconds), stdin=subprocess.DEVNULL)
    assert done.returncode == status, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Ambit as installed; the tests of this file run the program from there."""
    folder = tmp_path_factory.mktemp("prefix")
    run("make", "-C", REPOSITORY, "install", f"PREFIX={folder}", f"BUILT={BUILT}")
    built, kit_server.AMBIT_BIN = kit_server.AMBIT_BIN, str(folder / "bin/ambit")
    yield folder
    kit_server.AMBIT_BIN = built


def new(prefix: Path, folder: Path, name: str, language: str) -> Path:
    said = run(prefix / "bin/ambit", "plugin", "new", name, "--language", language, cwd=folder)
    assert f"made {folder / name}" in said
    for path in files(folder / name):
        text = (folder / name / path).read_text()
        assert str(REPOSITORY) not in text, f"{path}:\n{text}"
        for known in ("@c(", "@Test", "@Suite", "@testable", "-o $@", "${server[@]}"):
            text = text.replace(known, "")
        assert "@" not in text, f"{path}:\n{text}"
    return folder / name


def exports(library: Path) -> list[str]:
    listed = run("nm", "-D", "--defined-only", "--extern-only", library)
    return [line.split()[-1] for line in listed.splitlines()]


def serve_and_call(library: Path, tool: str) -> None:
    """Through a real client; when it leaves in the middle of a call, the call's timer or task ends with it."""
    with HttpServer("--no-default-plugins", "--plugin", str(library), "--detach-grace", "0.1s", "--resume-grace", "0.1s") as server:
        client = HttpClient(server.port, "modern")
        client.request("tools/list")
        baseline = server.settle()
        with client.start("tools/call", {"name": tool, "arguments": {"from": 2}}, progress=True) as call:
            assert call.drain()["content"] == [{"type": "text", "text": "done"}]
            assert call.progress() == ["2", "1", "0"]
        leaving = client.start("tools/call", {"name": tool, "arguments": {"from": 3600}}, progress=True)
        assert leaving.next()["method"] == "notifications/progress"
        leaving.vanish()
        server.await_baseline(baseline, 1)


def test_everything_is_where_it_belongs(prefix: Path) -> None:
    installed = files(prefix)
    expected = {"bin/ambit", "libexec/ambit/ambit-launcher", "lib/ambit/plugins/libLogs.so", "lib/ambit/plugins/libREPL.so",
                "lib/ambit/libAmbitSignatures.so", "include/ambit/ambit.h", "share/ambit/sdk/Package.swift", "share/ambit/sdk/Sources/AmbitPlugin/Entry/Plugin.swift",
                "share/ambit/sdk/Sources/CAmbit/include/ambit/ambit.h", "share/ambit/templates/c/Makefile.in",
                "share/doc/ambit/docs/configuration.md", "share/doc/ambit/LICENSE"}
    assert expected <= installed
    assert not any(path.is_symlink() for path in prefix.rglob("*"))
    assert ".package(" not in (prefix / "share/ambit/sdk/Package.swift").read_text()
    assert "process_run" in run(prefix / "bin/ambit", "tools")


def test_destdir_stands_before_the_prefix_and_uninstall_removes_it_all(prefix: Path, tmp_path: Path) -> None:
    where = ("PREFIX=/srv/ambit", f"DESTDIR={tmp_path}")
    run("make", "-C", REPOSITORY, "install", *where, f"BUILT={Path(prefix) / 'none'}", status=2)
    run("make", "-C", REPOSITORY, "install", *where, f"BUILT={BUILT}")
    assert files(tmp_path) == {f"srv/ambit/{path}" for path in files(prefix)}
    # Installed once more, as an upgrade does: what the first has made is still known.
    run("make", "-C", REPOSITORY, "install", *where, f"BUILT={BUILT}")
    other = tmp_path / "srv/ambit/lib/ambit/plugins/libother.so"
    other.write_text("someone else's")
    run("make", "-C", REPOSITORY, "uninstall", *where)
    assert files(tmp_path) == {str(other.relative_to(tmp_path))}
    assert {path.name for path in (tmp_path / "srv/ambit").rglob("*") if path.is_dir()} == {"lib", "ambit", "plugins"}


def test_uninstall_leaves_the_folders_that_were_there(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "share/man").mkdir(parents=True)
    run("make", "-C", REPOSITORY, "install", f"PREFIX={tmp_path}", f"BUILT={BUILT}")
    run("make", "-C", REPOSITORY, "uninstall", f"PREFIX={tmp_path}")
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")} == {"bin", "share", "share/man"}


def test_links_of_the_installed_documents_lead_somewhere(prefix: Path) -> None:
    documents = [path for path in (prefix / "share/doc/ambit").rglob("*.md")]
    assert {"README.md", "operating.md"} <= {path.name for path in documents}
    for document in documents:
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text()):
            assert "://" in link or (document.parent / link).exists(), f"{document.relative_to(prefix)} leads to {link}"


def test_a_plugin_in_c_builds_and_runs_as_generated(prefix: Path, tmp_path: Path) -> None:
    folder = new(prefix, tmp_path, "count-down", "c")
    run("make", "CFLAGS=-Werror", cwd=folder)
    assert "test: passed" in run("make", "test", cwd=folder)
    library = folder / "libcount-down.so"
    assert exports(library) == ["ambit_plugin_entry"]
    assert "count_down_countdown" in run(prefix / "bin/ambit", "tools", "--no-default-plugins", "--plugin", library)
    serve_and_call(library, "count_down_countdown")


def test_a_crash_of_a_plugin_is_told_in_a_few_lines(prefix: Path, tmp_path: Path) -> None:
    folder = new(prefix, tmp_path, "crashing", "c")
    source = (folder / "plugin.c").read_text()
    start = source.index("{", source.index("static void", source.index("countdown"))) + 1
    (folder / "plugin.c").write_text(source[:start] + " __builtin_trap();" + source[start:])
    done = subprocess.run(["make", "test"], cwd=folder, capture_output=True, text=True, timeout=within(60), stdin=subprocess.DEVNULL)
    said = done.stdout + done.stderr
    assert done.returncode != 0 and re.search(r"test: the plugin crashed \(SIG(ILL|TRAP)\) in request 2", said), said
    assert len(said.splitlines()) <= 40, said


def test_a_plugin_in_swift_builds_and_runs_as_generated(prefix: Path, tmp_path: Path) -> None:
    folder = new(prefix, tmp_path, "weather", "swift")
    run("swift", "build", cwd=folder, seconds=600)
    assert "test: passed" in run(folder / "test.sh", cwd=folder)
    library = folder / ".build/debug/libWeatherPlugin.so"
    assert exports(library) == ["ambit_plugin_entry"]
    serve_and_call(library, "weather_countdown")


@pytest.mark.skipif(os.environ.get("AMBIT_SOAK") != "1", reason="slow: builds the template's tests (make soak)")
def test_the_swift_template_passes_its_own_tests(prefix: Path, tmp_path: Path) -> None:
    folder = new(prefix, tmp_path, "weather", "swift")
    assert "3 tests" in run("swift", "test", cwd=folder, seconds=900)


@pytest.mark.parametrize("name", ["", "Weather", "1st", "a_b", "ä", "x" * 33, "../x"])
def test_a_wrong_name_is_refused_with_the_rule(prefix: Path, tmp_path: Path, name: str) -> None:
    said = run(prefix / "bin/ambit", "plugin", "new", name, cwd=tmp_path, status=1)
    assert f"'{name}' is no name for a plugin; expected [a-z][a-z0-9-]{{0,31}}" in said
    assert files(tmp_path) == set()


def test_nothing_is_overwritten(prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/plugin.c").write_text("mine")
    for path in ("mine", str(tmp_path / "mine")):
        said = run(prefix / "bin/ambit", "plugin", "new", "x", "--language", "c", "--path", path, cwd=tmp_path, status=1)
        assert "is there already and not empty" in said
    assert files(tmp_path) == {"mine/plugin.c"} and (tmp_path / "mine/plugin.c").read_text() == "mine"
    shutil.rmtree(tmp_path / "mine")
    run(prefix / "bin/ambit", "plugin", "new", "x", "--language", "c", "--path", "mine", cwd=tmp_path)
    assert "plugin.c" in files(tmp_path / "mine")
