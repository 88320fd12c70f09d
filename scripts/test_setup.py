"""Runs scripts/setup.sh on machines that don't exist: a PATH of stand-ins tells it what is there, and records what it does."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SETUP = Path(__file__).resolve().parent / "setup.sh"
ALWAYS = ("bash", "sed", "head", "env", "printf")


class Machine:
    def __init__(self, folder: Path, *, swift: str | None = "6.3.1", root: bool = True, apt: bool = True,
                 sudo: bool = True, apt_fails_first: bool = False) -> None:
        self.bin = folder
        self.log = folder / "calls"
        for tool in ALWAYS:
            (folder / tool).symlink_to(shutil.which(tool) or f"/usr/bin/{tool}")
        self.stand_in("git", "")
        self.stand_in("make", "")
        self.stand_in("python3", "exit 0")
        self.stand_in("id", f"echo {0 if root else 1000}")
        if swift:
            self.stand_in("swift", f"echo 'Apple Swift version {swift} (swift-{swift}-RELEASE)'")
        if apt:
            fails = f'if [ ! -e "{folder}/updated" ] && [ "$1" = install ]; then exit 100; fi\n' if apt_fails_first else ""
            self.stand_in("apt-get", f'echo "apt-get $*" >>"{self.log}"\n{fails}if [ "$1" = update ]; then : >"{folder}/updated"; fi')
        if sudo:
            self.stand_in("sudo", f'echo "sudo" >>"{self.log}"\nexec "$@"')

    def stand_in(self, name: str, body: str) -> None:
        path = self.bin / name
        path.write_text(f"#!{shutil.which('bash')}\n{body}\n")
        path.chmod(0o755)

    def run(self, purpose: str = "test", missing: str = "") -> tuple[int, str, list[str]]:
        done = subprocess.run(
            [str(SETUP), purpose], capture_output=True, text=True, timeout=30,
            env={"PATH": str(self.bin), "SETUP_ASSUME_MISSING": missing, "SETUP_ASSUME_LIBC": "1"})
        calls = self.log.read_text().splitlines() if self.log.exists() else []
        return done.returncode, done.stdout + done.stderr, calls


class SetupTests(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def machine(self, **what) -> Machine:
        return Machine(Path(self.folder.name), **what)

    def test_nothing_missing_does_nothing(self) -> None:
        self.assertEqual(self.machine().run(), (0, "", []))

    def test_swift_missing(self) -> None:
        status, output, calls = self.machine(swift=None).run(missing="git")
        self.assertEqual((status, calls), (1, []))
        self.assertIn("Swift is not installed", output)
        self.assertIn("6.3", output)

    def test_swift_too_old(self) -> None:
        for version in ("5.10", "6.1.2"):
            with self.subTest(version), tempfile.TemporaryDirectory() as folder:
                status, output, _ = Machine(Path(folder), swift=version).run()
                self.assertEqual(status, 1)
                self.assertIn(f"Swift {version} is too old", output)

    def test_swift_new_enough(self) -> None:
        for version in ("6.2", "6.10.1", "7.0"):
            with self.subTest(version), tempfile.TemporaryDirectory() as folder:
                self.assertEqual(Machine(Path(folder), swift=version).run()[0], 0)

    def test_root_installs_without_sudo(self) -> None:
        status, _, calls = self.machine(root=True).run(missing="git python3-venv")
        self.assertEqual((status, calls), (0, ["apt-get install -y --no-install-recommends git python3-venv"]))

    def test_others_install_with_sudo(self) -> None:
        status, _, calls = self.machine(root=False).run(missing="git")
        self.assertEqual((status, calls), (0, ["sudo", "apt-get install -y --no-install-recommends git"]))

    def test_stale_lists_are_updated_once(self) -> None:
        status, _, calls = self.machine(apt_fails_first=True).run(missing="git")
        self.assertEqual(status, 0)
        self.assertEqual([call.split()[1] for call in calls], ["install", "update", "install"])

    def test_neither_root_nor_sudo_names_the_list(self) -> None:
        status, output, calls = self.machine(root=False, sudo=False).run(missing="git python3")
        self.assertEqual((status, calls), (1, []))
        self.assertIn("git python3", output)

    def test_no_apt_names_the_list(self) -> None:
        status, output, _ = self.machine(apt=False).run(missing="git")
        self.assertEqual(status, 1)
        self.assertIn("git", output)

    def test_python_is_wanted_by_tests_only(self) -> None:
        machine = self.machine()
        os.remove(machine.bin / "python3")
        status, _, calls = machine.run("serve")
        self.assertEqual((status, calls), (0, []))
        status, _, calls = machine.run("test")
        self.assertEqual((status, calls), (0, ["apt-get install -y --no-install-recommends python3 python3-venv"]))


if __name__ == "__main__":
    unittest.main()
