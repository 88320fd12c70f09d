"""Shows for each rule of scripts/lint.py what it refuses and what it lets pass."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import lint  # noqa: E402


def rules_of(files: dict[str, str]) -> list[tuple[str, int, str]]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return [(f.path, f.line, f.rule) for f in lint.check(lint.Tree(root, list(files)))]


class LintTests(unittest.TestCase):
    def refuses(self, path: str, text: str, rule: str, line: int = 1) -> None:
        self.assertEqual(rules_of({path: text}), [(path, line, rule)])

    def passes(self, path: str, text: str) -> None:
        self.assertEqual(rules_of({path: text}), [])

    def test_unowned_task(self) -> None:
        for code in ("Task { }", "Task<Void, Never> { }", "let a = Task(priority: .high) { }", "Task.detached { }",
                     "Task<[String: Int], any Error> {}", "Task.immediate { }"):
            self.refuses("Sources/Server/A.swift", code, "unowned-task")
            self.refuses("Plugins/Logs/A.swift", code, "unowned-task")
            self.passes("Sources/Scopes/A.swift", code)
            self.passes("Sources/AmbitPlugin/A.swift", code)
            self.passes("Sources/Server/A.swift", f"{code}  // owned by the session's scope")
        self.passes("Sources/Server/A.swift", "try await Task.sleep(for: .zero)\nTask.isCancelled\nlet task = scope.Task()")
        self.passes("Sources/Server/A.swift", '// Task { }\nlet a = "Task { }"\n/* Task { } */')
        self.refuses("Sources/Server/A.swift", "// owned by nobody near\n\nTask { }", "unowned-task", 3)
        self.refuses("Sources/Server/A.swift", 'let a = """\n  x\n  """\nTask { }', "unowned-task", 4)

    def test_build_product(self) -> None:
        self.refuses("Package.resolved", "{}", "build-product")
        self.refuses(".build/debug.yaml", "", "build-product")
        self.refuses(".venv/x.txt", "", "build-product")

    def test_unfinished(self) -> None:
        for text in ("// TODO: later", "# FIXME", "// works for now", "// HACK"):
            self.refuses("Sources/JSON/A.swift", text, "unfinished")
            self.refuses("docs/a.md", text, "unfinished")
        self.passes("docs/a.md", "todo lists and hacks; it waits for nowhere, therefore now")

    def test_unproven_trap(self) -> None:
        self.refuses("Sources/JSON/A.swift", "let a = try! f()", "unproven-trap")
        self.refuses("Sources/JSON/A.swift", 'fatalError("no")', "unproven-trap")
        self.passes("Sources/JSON/A.swift", "let a = try! f()  // impossible: the literal above parses")
        self.passes("Sources/JSON/A.swift", '// impossible: the switch above is exhaustive\nfatalError("no")')
        self.passes("Sources/JSON/A.swift", 'let a = "try! fatalError("')

    def test_stale_example(self) -> None:
        code = "struct A {\n    // example a\n    let b = 1\n    // end example\n}\n"
        page = "<!-- example a -->\n\n```swift\nlet b = 1\n```\n"
        self.assertEqual(rules_of({"Tests/A.swift": code, "docs/a.md": page}), [])
        self.assertEqual(
            rules_of({"Tests/A.swift": code, "docs/a.md": "x\n" + page.replace("1", "2")}), [("docs/a.md", 2, "stale-example")])
        self.assertEqual(rules_of({"docs/a.md": page}), [("docs/a.md", 1, "stale-example")])
        self.assertEqual(rules_of({"Tests/A.swift": code, "docs/a.md": "<!-- example a -->\n"}), [("docs/a.md", 1, "stale-example")])
        self.assertEqual(lint.fill_examples("<!-- example a -->\n\nText.\n", {"a": "let b = 1\n"}), page + "\nText.\n")

    def test_missing_test(self) -> None:
        tests = {"Tests/InteropTests/test_a.py": "def test_b() -> None:\n    pass\n",
                 "Tests/MCPTests/ATests.swift": "@Test func b() {}\n@Test func `it's so`(a: Int) {}\n"}
        page = "# Rules\n| M | rule | | `test_a.py::test_b`, `ATests::b`, `ATests::it's so` |\n"
        self.assertEqual(rules_of({**tests, "docs/protocol.md": page}), [])
        for wrong in ("`test_a.py::test_c`", "`test_a.py::test_`", "`test_b.py::test_b`", "`ATests::c`", "`ATests::it's`", "`BTests::b`"):
            found = rules_of({**tests, "docs/protocol.md": f"{page}| M | other | | {wrong} |\n"})
            self.assertEqual(found, [("docs/protocol.md", 3, "missing-test")], wrong)
        self.passes("docs/other.md", "`ATests::c`")

    def test_oversized(self) -> None:
        self.refuses("Sources/JSON/A.swift", "//" + "a" * 30 * 1024, "oversized")
        self.passes("Sources/JSON/A.swift", "//" + "a" * (30 * 1024 - 2))
        self.passes("docs/a.md", "a" * 31 * 1024)

    def test_machine_path(self) -> None:
        root = "/"  # not spelled out: this file is linted, too
        for path in ("work/x", "opt/swift", "root/.cache", "home/ada/x"):
            self.refuses("README.md", f"see {root}{path}", "machine-path")
            self.refuses("README.md", f'see "{root}{path}"', "machine-path")
        self.passes("README.md", f"frame{root}work/x and ~{root}opt/x and /usr/bin and a/root/b and /home directories, src/home/ada")

    def test_foundation(self) -> None:
        for code in ("import Foundation", "public import FoundationEssentials", "@preconcurrency import Foundation",
                     "import struct Foundation.Data"):
            for module in ("Scopes", "JSON", "MCP", "Transport", "PluginHost", "AmbitPlugin"):
                self.refuses(f"Sources/{module}/A.swift", code, "foundation")
            self.refuses("Plugins/Logs/A.swift", code, "foundation")
            self.passes("Sources/ambit/A.swift", code)
        self.passes("Sources/Scopes/A.swift", "// import Foundation")

    def test_unnamed_lock(self) -> None:
        self.refuses("Sources/MCP/A.swift", "final class A: @unchecked Sendable {}", "unnamed-lock")
        self.refuses("Sources/MCP/A.swift", "// fine\n\nfinal class A: @unchecked Sendable {}", "unnamed-lock", 3)
        self.refuses("Sources/MCP/A.swift", "/// An owner.\nfinal class A: @unchecked Sendable {}  // ok", "unnamed-lock", 2)
        self.passes("Sources/MCP/A.swift", "final class A: @unchecked Sendable {}  // guarded by `state`'s lock")
        self.passes("Sources/MCP/A.swift", "final class A: @unchecked Sendable {}  // never written after init")
        self.passes("Sources/MCP/A.swift", "/// A.\n/// Everything is behind `lock`.\n@usableFromInline\nfinal class A: @unchecked Sendable {}")

    def test_unmatched_fault(self) -> None:
        test, code = "Tests/LeakTests/test_a.py", "Sources/Scopes/A.swift"
        self.refuses(test, '@pytest.mark.leak_row("a")', "unmatched-fault")
        self.refuses(code, 'if Fault.isOn("a") { return }', "unmatched-fault")
        self.assertEqual(rules_of({test: '@pytest.mark.leak_row("a", also_red_by=("b",))', code: 'if Fault.isOn("a") { return }'}), [])

    def test_bare_function(self) -> None:
        header = "Sources/CAmbit/include/ambit/a.h"
        self.refuses(header, "typedef struct a {\n    int x;\n    /* Opens. */\n    int (*open)(int a);\n} a;\n", "bare-function", 4)
        self.refuses(header, "int f(void);\n", "bare-function", 1)
        self.refuses(header, "/* Ends. */\ntypedef void (*done)(void *context, void (*next)(void));\n", "bare-function", 2)
        self.refuses(header, "/* Opens.\n * [whenever] */\nint f(void);\n", "bare-function", 3)
        self.refuses(header, "/* Opens.\n * [any-thread] */\nint f(void);\nint g(void);\n", "bare-function", 4)
        self.passes(header, "/* Opens.\n * [any-thread & scope-open] */\nint f(void);\n\n/* A struct. */\ntypedef struct a {\n"
                    "    int x; /* units */\n    /* Closes.\n     * [in-call] */\n    int (*close)(int a,\n"
                    "                 void (*done)(void));\n} a;\n/* An id. */\ntypedef unsigned long id;\n")
        self.passes(header, '#ifndef A\n#define A\n#define F(x) \\\n    g(x)\n#ifdef __cplusplus\nextern "C" {\n#endif\n'
                    "// Opens.\n// [any-thread]\nint f(void);\n#ifdef __cplusplus\n}\n#endif\n#endif\n")

    def test_header_compiles(self) -> None:
        header = "Sources/CAmbit/include/ambit/a.h"
        self.assertEqual({rule for _, _, rule in rules_of({header: "typedef uint32_t a;\n"})}, {"header-compiles"})
        # Valid C, not valid C++.
        self.refuses(header, "typedef struct a { int class; } a;\n", "header-compiles")
        self.passes(header, "#include <stdint.h>\ntypedef uint32_t a;\n")

    def test_positions_survive_strings_and_comments(self) -> None:
        lines = lint.split_swift('let a = "x // y" // c\n/* d\n /* e */ */ let b = #"q"r"#\nlet c = "\\"" // f')
        self.assertEqual([line.code.strip() for line in lines], ['let a = ""', "", 'let b = ""', 'let c = ""'])
        self.assertEqual(lines[0].comment, "// c")
        self.assertEqual(lines[3].comment, "// f")


if __name__ == "__main__":
    unittest.main()
