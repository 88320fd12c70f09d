#!/usr/bin/env python3
"""The house rules that a formatter doesn't know. Each rule is a generator of findings over the tracked files of a tree;
scripts/test_lint.py shows for each what it refuses and what it lets pass."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

# The files that hold the rules' own patterns and examples.
OWN_FILES = {"scripts/lint.py", "scripts/test_lint.py"}
SOURCE_SUFFIXES = {".swift", ".c", ".h", ".cpp", ".py", ".sh"}
TEXT_SUFFIXES = SOURCE_SUFFIXES | {".md", ".yaml", ".yml", ".json", ".toml", ".ini", ".txt", ".modulemap", ""}
LARGEST_SOURCE = 30 * 1024
NO_FOUNDATION = (
    "Sources/Scopes/", "Sources/JSON/", "Sources/MCP/", "Sources/Transport/", "Sources/PluginHost/",
    "Sources/AmbitPlugin/", "Sources/AmbitPluginTesting/", "Plugins/",
)
TASK_OWNERS = ("Sources/Scopes/", "Sources/AmbitPlugin/")


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class SwiftLine:
    code: str  # without comments, strings blanked
    comment: str  # text of the comment that ends on or follows on this line


def split_swift(text: str) -> list[SwiftLine]:
    """Tells code from comments and string literals; interpolations count as string."""
    code: list[str] = []
    comments: list[str] = []
    position, length = 0, len(text)
    block_depth = 0
    while position < length:
        char = text[position]
        if char == "\n":
            code.append("\n")
            comments.append("\n")
            position += 1
        elif block_depth:
            if text.startswith("/*", position):
                block_depth += 1
                position += 2
            elif text.startswith("*/", position):
                block_depth -= 1
                position += 2
            else:
                comments.append(char)
                position += 1
        elif text.startswith("//", position):
            end = text.find("\n", position)
            end = length if end < 0 else end
            comments.append(text[position:end])
            position = end
        elif text.startswith("/*", position):
            block_depth = 1
            position += 2
        elif match := re.compile(r'(#*)("""|")').match(text, position):
            hashes, quote = match.group(1), match.group(2)
            closing, escape = quote + hashes, "\\" + hashes
            position = match.end()
            code.append(quote)
            while position < length:
                if text.startswith(closing, position):
                    position += len(closing)
                    break
                if text[position] == "\n":
                    code.append("\n")
                    comments.append("\n")
                    position += 1
                    if quote == '"':
                        break
                elif text.startswith(escape, position):
                    position += len(escape) + 1
                else:
                    position += 1
            code.append(quote)
        else:
            code.append(char)
            position += 1
    code_lines = "".join(code).split("\n")
    comment_lines = "".join(comments).split("\n")
    return [SwiftLine(a, b) for a, b in zip(code_lines, comment_lines, strict=True)]


class Tree:
    """The files under a root that the rules look at, read once."""

    def __init__(self, root: Path, paths: list[str]) -> None:
        self.root = root
        self.paths = sorted(path for path in paths if (root / path).is_file())
        self._texts: dict[str, str] = {}
        self._swift: dict[str, list[SwiftLine]] = {}

    @classmethod
    def of_git(cls, root: Path) -> Tree:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root, check=True, capture_output=True).stdout.decode()
        return cls(root, [path for path in listed.split("\0") if path])

    def text(self, path: str) -> str:
        if path not in self._texts:
            self._texts[path] = (self.root / path).read_text(encoding="utf-8", errors="replace")
        return self._texts[path]

    def swift(self, path: str) -> list[SwiftLine]:
        if path not in self._swift:
            self._swift[path] = split_swift(self.text(path))
        return self._swift[path]

    def swift_paths(self, *prefixes: str) -> Iterator[str]:
        for path in self.paths:
            if path.endswith(".swift") and (not prefixes or path.startswith(prefixes)):
                yield path

    def text_paths(self) -> Iterator[str]:
        for path in self.paths:
            if Path(path).suffix in TEXT_SUFFIXES and path not in OWN_FILES:
                yield path

    def comment_at(self, path: str, index: int) -> str:
        """The comment on a line of Swift together with the comment block right above it (attributes may stand between)."""
        lines = self.swift(path)
        found = [lines[index].comment]
        above = index - 1
        while above >= 0:
            code = lines[above].code.strip()
            if code and not code.startswith("@"):
                break
            if not code and not lines[above].comment.strip():
                break
            found.append(lines[above].comment)
            above -= 1
        return "\n".join(reversed(found))


def unowned_task(tree: Tree) -> Iterator[Finding]:
    """A task belongs to a scope. Outside Scopes and the SDK a line that makes one says who owns it."""
    pattern = re.compile(r"(?<![\w.`])Task\s*(?:<[^<>]*(?:<[^<>]*>[^<>]*)*>)?\s*[({]|(?<![\w`])Task\s*\.\s*(?:detached|immediate)")
    for path in tree.swift_paths("Sources/", "Plugins/"):
        if path.startswith(TASK_OWNERS):
            continue
        for index, line in enumerate(tree.swift(path)):
            if pattern.search(line.code) and not re.search(r"//\s*owned by \S", tree.comment_at(path, index)):
                yield Finding(path, index + 1, "unowned-task", "spawn it in a scope, or say `// owned by …` on this line")


def build_products(tree: Tree) -> Iterator[Finding]:
    """Resolved versions and build folders are made anew on each machine."""
    for path in tree.paths:
        if Path(path).name == "Package.resolved" or re.match(r"\.(build|venv)", path):
            yield Finding(path, 1, "build-product", "must not be tracked; .gitignore names it")


def unfinished(tree: Tree) -> Iterator[Finding]:
    """What is committed is meant; what is missing belongs in an issue."""
    pattern = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\bfor now\b", re.IGNORECASE)
    for path in tree.text_paths():
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            if match := pattern.search(line):
                if match.group(0).lower() != "for now" and match.group(0) != match.group(0).upper():
                    continue
                yield Finding(path, number, "unfinished", f"{match.group(0)!r}: finish it, or file an issue")


def unproven_trap(tree: Tree) -> Iterator[Finding]:
    """A trap is for what can't happen, and carries the proof."""
    pattern = re.compile(r"\btry!|\bfatalError\s*\(")
    for path in tree.swift_paths():
        for index, line in enumerate(tree.swift(path)):
            if pattern.search(line.code) and not re.search(r"//\s*impossible: \S", tree.comment_at(path, index)):
                yield Finding(path, index + 1, "unproven-trap", "throw an error value, or prove it: `// impossible: …`")


def oversized(tree: Tree) -> Iterator[Finding]:
    """One type per file; nobody finds anything in a file above 30 KB."""
    for path in tree.paths:
        size = (tree.root / path).stat().st_size
        if Path(path).suffix in SOURCE_SUFFIXES and size > LARGEST_SOURCE:
            yield Finding(path, 1, "oversized", f"{size} bytes; split it (one type per file, Type+Concern.swift)")


def machine_path(tree: Tree) -> Iterator[Finding]:
    """Paths of one machine mean nothing on another."""
    pattern = re.compile(r"(?<![\w.~-])/(?:work|opt|root)/|(?<![\w.~-])/(?:home|Users)/[A-Za-z0-9_]")
    for path in tree.text_paths():
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            if match := pattern.search(line):
                yield Finding(path, number, "machine-path", f"{match.group(0)!r} exists on one machine only")


def foundation(tree: Tree) -> Iterator[Finding]:
    """Foundation costs start-up time and memory, and its JSON loses order and number text."""
    pattern = re.compile(r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:\w+\s+)?Foundation\w*")
    for path in tree.swift_paths(*NO_FOUNDATION):
        for index, line in enumerate(tree.swift(path)):
            if pattern.search(line.code):
                yield Finding(path, index + 1, "foundation", "not in this module")


def unnamed_lock(tree: Tree) -> Iterator[Finding]:
    """`@unchecked Sendable` names its lock; where it needs none, a comment on the same line says why."""
    for path in tree.swift_paths():
        for index, line in enumerate(tree.swift(path)):
            if not re.search(r"@unchecked\s+Sendable", line.code):
                continue
            reason = re.search(r"//+\s*\S+\s+\S+", line.comment)
            if not reason and not re.search(r"lock", tree.comment_at(path, index), re.IGNORECASE):
                yield Finding(path, index + 1, "unnamed-lock",
                              "name the lock that makes it safe, or say on this line why it needs none")


def unmatched_fault(tree: Tree) -> Iterator[Finding]:
    """Each leak row has a test and a compiled fault of the same name."""
    tests: dict[str, tuple[str, int]] = {}
    faults: dict[str, tuple[str, int]] = {}
    for path in tree.paths:
        if path.startswith("Tests/LeakTests/") and path.endswith(".py"):
            found, pattern = tests, r'leak_row\("([^"]+)"'
        elif path.startswith(("Sources/", "Plugins/")) and path.endswith(".swift"):
            found, pattern = faults, r'\bisOn\("([^"]+)"\)'
        else:
            continue
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            for match in re.finditer(pattern, line):
                found.setdefault(match.group(1), (path, number))
    for row in sorted(tests.keys() - faults.keys()):
        yield Finding(*tests[row], "unmatched-fault", f"no code asks for the fault {row}: the test can't be shown to turn red")
    for row in sorted(faults.keys() - tests.keys()):
        yield Finding(*faults[row], "unmatched-fault", f"no leak test has the row {row}")


EXAMPLE = re.compile(r"<!-- example ([\w-]+) -->\n(?:\n```swift\n(.*?)```\n)?", re.DOTALL)


def example_regions(tree: Tree) -> dict[str, str]:
    """What stands between `// example NAME` and `// end example` in tests, without its common indentation."""
    regions: dict[str, str] = {}
    for path in tree.swift_paths("Tests/"):
        for match in re.finditer(r"(?ms)^ *// example ([\w-]+)\n(.*?)^ *// end example$", tree.text(path)):
            regions[match.group(1)] = textwrap.dedent(match.group(2))
    return regions


def fill_examples(text: str, regions: dict[str, str]) -> str:
    """A page with the code of its examples, as `lint.py --examples` writes it."""
    return EXAMPLE.sub(
        lambda m: f"<!-- example {m.group(1)} -->\n\n```swift\n{regions[m.group(1)]}```\n" if m.group(1) in regions else m.group(0), text)


def stale_example(tree: Tree) -> Iterator[Finding]:
    """An example of a page is code that a test compiles and runs."""
    regions = example_regions(tree)
    for path in tree.paths:
        if not (path.startswith("docs/") and path.endswith(".md")):
            continue
        text = tree.text(path)
        for match in EXAMPLE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            if match.group(1) not in regions:
                yield Finding(path, line, "stale-example", f"no test has `// example {match.group(1)}`")
            elif match.group(2) != regions[match.group(1)]:
                yield Finding(path, line, "stale-example", "differs from the test's code: run scripts/lint.py --examples")


def missing_test(tree: Tree) -> Iterator[Finding]:
    """A test that docs/protocol.md names is there: `file.py::test` or `Suite::test`, below Tests."""
    page = "docs/protocol.md"
    if page not in tree.paths:
        return
    texts: dict[str, list[str]] = {}
    for path in tree.paths:
        if path.startswith("Tests/") and path.endswith((".py", ".swift")):
            texts.setdefault(Path(path).name.removesuffix(".swift"), []).append(path)
    for number, line in enumerate(tree.text(page).split("\n"), 1):
        for file, name in re.findall(r"`([\w.]+)::([^`]+)`", line):
            declared = rf"\bdef {re.escape(name)}\(" if file.endswith(".py") else rf"\bfunc (`?){re.escape(name)}\1\("
            if not any(re.search(declared, tree.text(path)) for path in texts.get(file, [])):
                yield Finding(page, number, "missing-test", f"no test {name!r} in {file}")


# --- C headers -------------------------------------------------------------------------------------------------------

BRACKET = re.compile(r"\[(?:in-[a-z]+|[a-z]+-thread)\b[^\[\]]*\]$")


def header_functions(text: str) -> Iterator[tuple[int, str, str]]:
    """(line, name, comment right above) of each function pointer and prototype at parenthesis depth 0."""
    # Lines that the preprocessor eats are blanked, so that positions stay right.
    text = re.sub(r"(?m)^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)
    comment, start, statement, depth, position = "", None, [], 0, 0
    while position < len(text):
        if text.startswith("/*", position):
            end = text.find("*/", position)
            end = len(text) if end < 0 else end + 2
            if start is None:
                comment = text[position:end]
            position = end
            continue
        if text.startswith("//", position):
            end = text.find("\n", position)
            end = len(text) if end < 0 else end
            if start is None:
                before = comment if comment.startswith("//") else ""
                comment = f"{before}\n{text[position:end]}" if before else text[position:end]
            position = end
            continue
        char = text[position]
        if char == '"':  # a string, as in extern "C"
            end = text.find('"', position + 1)
            position = len(text) if end < 0 else end + 1
            continue
        if not char.isspace() and start is None:
            start = position
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        if depth == 0 and char in ";{}":
            declaration = "".join(statement).strip()
            if char == ";" and start is not None and (name := function_name(declaration)):
                yield text.count("\n", 0, start) + 1, name, comment
            comment, start, statement = "", None, []
        elif start is not None:
            statement.append(char)
        position += 1


def function_name(declaration: str) -> str | None:
    declaration = re.sub(r"\s+", " ", declaration)
    if re.match(r"(?:static_assert|_Static_assert|static|using)\b", declaration):
        return None
    if pointer := re.match(r"[^()]*\(\s*(?:[A-Z_]+\s+)?\*\s*(?:const\s+)?(\w+)\s*(?:\[\w*\]\s*)?\)\s*\(", declaration):
        return pointer.group(1)
    if declaration.startswith("typedef"):
        return None
    if prototype := re.match(r"[\w\s*]+?[\s*](\w+)\s*\(", declaration):
        return prototype.group(1)
    return None


def bare_function(tree: Tree) -> Iterator[Finding]:
    """A6: the comment of each function of the ABI ends with a bracket that names thread and state."""
    for path in tree.paths:
        if not (path.startswith("Sources/CAmbit/include/") and path.endswith(".h")):
            continue
        for line, name, comment in header_functions(tree.text(path)):
            last = re.sub(r"\s*\*/$", "", comment.strip()).strip()
            if not BRACKET.search(last):
                yield Finding(path, line, "bare-function", f"the comment of {name} must end with its thread and state, as in [any-thread & scope-open]")


def header_compiles(tree: Tree) -> Iterator[Finding]:
    """Each header stands on its own, as C11 and as C++17, without a warning."""
    headers = [p for p in tree.paths if p.startswith("Sources/CAmbit/include/") and p.endswith(".h")]
    c, cxx = shutil.which("cc") or shutil.which("clang"), shutil.which("c++") or shutil.which("clang++")
    if headers and not (c and cxx):
        yield Finding("Sources/CAmbit/include", 1, "header-compiles", "no C and C++ compiler found (cc, c++ or clang)")
        return
    include = tree.root / "Sources/CAmbit/include"
    jobs = [
        (header, language, [compiler, f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
                            "-I", str(include), "-x", language, "-"])
        for header in headers
        for compiler, language, standard in ((c, "c", "c11"), (cxx, "c++", "c++17"))
    ]

    def compile_one(job: tuple[str, str, list[str]]) -> Finding | None:
        header, language, command = job
        source = f'#include "{os.path.relpath(tree.root / header, include)}"\n'
        done = subprocess.run(command, input=source, capture_output=True, text=True)
        if done.returncode == 0:
            return None
        first = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr[:200])
        return Finding(header, 1, "header-compiles", f"as {language}: {first}")

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        yield from (finding for finding in pool.map(compile_one, jobs) if finding)


RULES = (
    unowned_task, build_products, unfinished, unproven_trap, oversized, machine_path, foundation, unnamed_lock,
    unmatched_fault, stale_example, missing_test, bare_function, header_compiles,
)


def check(tree: Tree) -> list[Finding]:
    return sorted(finding for rule in RULES for finding in rule(tree))


def main() -> int:
    root = Path(__file__).resolve().parent.parent
    if sys.argv[1:] == ["--examples"]:
        tree = Tree.of_git(root)
        regions = example_regions(tree)
        for path in tree.paths:
            if path.startswith("docs/") and path.endswith(".md"):
                (root / path).write_text(fill_examples(tree.text(path), regions))
        return 0
    findings = check(Tree.of_git(root))
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} finding(s)", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
