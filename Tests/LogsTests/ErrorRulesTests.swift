import Testing

@testable import Logs

/// The rules that ship, on what the tools really wrote (`Recorded`).
@Suite struct ErrorRulesTests {
    /// "type: message at file:line:column", a warning in brackets.
    static func errors(_ bytes: [UInt8], rules: ErrorRules? = nil, after: Int = 0) throws -> [String] {
        var splitter = LineSplitter()
        var batch = LineBatch()
        splitter.split(bytes, into: &batch)
        splitter.finish(into: &batch)
        var ring = LineRing(limit: 8 << 20)
        ring.append(batch, time: 1, stream: .stderr)
        let report = ErrorReport(of: ring, after: after, rules: try rules ?? ErrorRules.shipped.get())
        return report.entries.map { entry in
            var text = (entry.type.map { "\($0): " } ?? "") + entry.message
            if let file = entry.file { text += " at \(file)" }
            if let line = entry.line { text += ":\(line)" }
            if let column = entry.column { text += ":\(column)" }
            if entry.count > 1 { text += " \(entry.count)x" }
            return entry.isWarning ? "(\(entry.rule): \(text))" : "\(entry.rule): \(text)"
        }
    }

    private static let shop = "/srv/shop"

    static let recorded: [(name: String, bytes: [UInt8], expected: [String])] = [
        (
            "python", PackageResources.python_txt,
            [
                "python-traceback: json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1) at \(shop)/basket.py:9",
                "python-traceback: KeyError: 'count' at \(shop)/basket.py:5",
            ]
        ),
        (
            "pytest", PackageResources.pytest_txt,
            [
                "pytest-failure: assert 5 == 6 at test_basket.py:5",
                "pytest-failure: TypeError: 'NoneType' object is not iterable at basket_lib.py:2",
            ]
        ),
        (
            "gcc", PackageResources.gcc_txt,
            [
                "compiler: ‘price’ undeclared (first use in this function) at main.c:2:43",
                "(compiler-warning: -Wunused-variable: unused variable ‘unused’ at main.c:2:24)",
                "(compiler-warning: -Wformat=: format ‘%s’ expects argument of type ‘char *’, but argument 2 has type ‘int’ at main.c:3:27)",
                "compiler: expected ‘;’ before ‘}’ token at main.c:3:52",
                "(compiler-warning: -Wreturn-type: control reaches end of non-void function at main.c:2:50)",
            ]
        ),
        (
            "clang", PackageResources.clang_txt,
            [
                "compiler: use of undeclared identifier 'price' at main.c:2:43",
                "(compiler-warning: -Wformat: format specifies type 'char *' but the argument has type 'int' at main.c:3:33)",
                "compiler: expected ';' after return statement at main.c:3:52",
            ]
        ),
        ("ld", PackageResources.ld_txt, ["linker: undefined reference to `missing' at link.c"]),
        ("asan", PackageResources.asan_txt, ["sanitizer: AddressSanitizer: heap-use-after-free at \(shop)/asan.c:2"]),
        (
            "node", PackageResources.node_txt,
            ["node-uncaught: TypeError: Cannot read properties of undefined (reading 'reduce') at \(shop)/basket.js:1:46"]
        ),
        (
            "node-rejection", PackageResources.node_rejection_txt,
            [
                "javascript-error: TypeError: Cannot read properties of null (reading 'x') at \(shop)/reject.mjs:2:12",
                "node-uncaught: PaymentError: card declined at \(shop)/reject.mjs:3:16",
            ]
        ),
        (
            "node-test-tap", PackageResources.node_test_tap_txt, ["node-test: adds up at \(shop)/basket.test.mjs:2:1"]
        ),
        (
            "node-test-spec", PackageResources.node_test_spec_txt,
            ["node-test-spec: AssertionError: Expected values to be strictly equal: at \(shop)/basket.test.mjs:2:32 2x"]
        ),
        (
            "go-panic", PackageResources.go_panic_txt,
            ["go-panic: panic: runtime error: index out of range [2] with length 1 at \(shop)/goapp/main.go:7"]
        ),
        ("go-test", PackageResources.go_test_txt, ["go-test: got 2, want 3 at main_test.go:6"]),
        ("go-build", PackageResources.go_build_txt, ["go-compiler: undefined: start at ./main.go:10:14"]),
        (
            "rust-panic", PackageResources.rust_panic_txt,
            [
                "(rust-compiler-warning: unused variable: `unused` at src/main.rs:2:17)",
                "rust-panic: index out of bounds: the len is 1 but the index is 2 at src/main.rs:1:34",
            ]
        ),
        (
            "cargo-test", PackageResources.cargo_test_txt,
            [
                "(rust-compiler-warning: unused variable: `unused` at src/main.rs:2:17)",
                "rust-panic: assertion `left == right` failed: the sum is wrong at src/main.rs:3:24",
            ]
        ),
        ("cargo-build", PackageResources.cargo_build_txt, ["rust-compiler: E0308: mismatched types at src/main.rs:2:28"]),
        (
            "java", PackageResources.java_txt,
            ["java-exception: java.lang.IllegalStateException: no third item at Basket.java:2"]
        ),
        (
            "javac", PackageResources.javac_txt,
            [
                "javac: incompatible types: String cannot be converted to int at Broken.java:1",
                "javac: cannot find symbol at Broken.java:1",
            ]
        ),
        ("ruby", PackageResources.ruby_txt, ["ruby-exception: IndexError: index 2 outside of array bounds: -1...1 at basket.rb:2"]),
        (
            "php", PackageResources.php_txt,
            [
                "(php-warning: Warning: Undefined variable $missing at \(shop)/basket.php:4)",
                "php: RuntimeException: no third item at \(shop)/basket.php:2",
            ]
        ),
        (
            "swiftc", PackageResources.swiftc_txt,
            ["compiler: binary operator '+' cannot be applied to operands of type 'Int' and 'String' at main.swift:3:27"]
        ),
        ("swift-trap", PackageResources.swift_trap_txt, ["swift-crash: Fatal error: Index out of range"]),
        ("make", PackageResources.make_txt, ["make: [Makefile:3: app] Error 3 at Makefile:3"]),
    ]

    @Test(arguments: recorded.map(\.name)) func whatToolsWriteIsUnderstood(name: String) throws {
        let recording = try #require(Self.recorded.first { $0.name == name })
        #expect(try Self.errors(recording.bytes) == recording.expected)
    }

    /// Those of tools that can't be recorded here, as their documentation shows them.
    @Test(
        arguments: [
            (
                "src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.",
                "typescript-compiler: TS2322: Type 'string' is not assignable to type 'number'. at src/a.ts:3:5"
            ),
            (
                "src/a.ts:3:5 - error TS2322: Type 'string' is not assignable.\n\n3 let x: number = \"\";\n      ~",
                "typescript-compiler: TS2322: Type 'string' is not assignable. at src/a.ts:3:5"
            ),
            ("/app/Foo.cs(12,9): error CS1002: ; expected [/app/app.csproj]", "dotnet-compiler: CS1002: ; expected at /app/Foo.cs:12:9"),
            (
                "Unhandled exception. System.InvalidOperationException: bad\n   at Foo.Bar() in /app/Foo.cs:line 12\n   at Foo.Main()",
                "dotnet-exception: System.InvalidOperationException: bad at /app/Foo.cs:12"
            ),
            ("e: file:///app/src/Main.kt:3:5 Unresolved reference: x", "kotlin-compiler: Unresolved reference: x at /app/src/Main.kt:3:5"),
            (
                "✘ Test \"adds up\" recorded an issue at BasketTests.swift:7:5: Expectation failed: (2 → 2) == 3",
                "swift-testing: Expectation failed: (2 → 2) == 3 at BasketTests.swift:7:5"
            ),
            ("/app/T.swift:9: error: -[T testX] : XCTAssertEqual failed", "xctest: -[T testX]: XCTAssertEqual failed at /app/T.swift:9"),
            ("npm ERR! code ELIFECYCLE\nnpm ERR! errno 1", "npm: ELIFECYCLE: npm ERR! code ELIFECYCLE"),
            ("✘ [ERROR] Could not resolve \"./x\"\n\n    src/main.ts:1:7:\n", "bundler: Could not resolve \"./x\""),
        ])
    func whatIsDocumentedIsUnderstood(text: String, expected: String) throws {
        #expect(try Self.errors(Array(text.utf8)) == [expected])
    }

    @Test func whatIsNoErrorIsNone() throws {
        let text = """
            Server listening at http://localhost:3000
            GET /errors 200
            2026-11-30 12:00:00 INFO no error
            0 errors, 0 warnings
              at the end
            test result: ok. 1 passed; 0 failed
            ok 1 - adds up
            note: this is no error
            src/main.rs:3:5 is a place
            FAILED is a word
            """
        #expect(try Self.errors(Array(text.utf8)) == [])
    }

    @Test func theSameIsOneWithItsNumber() throws {
        let once = "Traceback (most recent call last):\n  File \"a.py\", line 3, in f\n    g()\nValueError: no item 17 at 0x7f00ab\n"
        let again = once.replacing("17", with: "4711").replacing("0x7f00ab", with: "0x55e0cd")
        let other = once.replacing("line 3", with: "line 4")
        #expect(
            try Self.errors(Array((once + "ok\n" + again + other).utf8)) == [
                "python-traceback: ValueError: no item 17 at 0x7f00ab at a.py:3 2x",
                "python-traceback: ValueError: no item 17 at 0x7f00ab at a.py:4",
            ])
        // Only what ends behind the cursor is new, also where it began before.
        #expect(try Self.errors(Array((once + "ok\n" + again).utf8), after: 7).count == 1)
        #expect(try Self.errors(Array((once + "ok\n" + again).utf8), after: 9) == [])
    }

    @Test func streamsAreNotMixed() throws {
        var ring = LineRing(limit: 1 << 20)
        ring.append(LineBatch("Traceback (most recent call last):", "  File \"a.py\", line 3, in f"), time: 1, stream: .stderr)
        ring.append(LineBatch("GET / 200"), time: 2, stream: .stdout)
        ring.append(LineBatch("    g()", "ValueError: bad"), time: 3, stream: .stderr)
        let entries = ErrorReport(of: ring, after: 0, rules: try ErrorRules.shipped.get()).entries
        #expect(entries.map(\.message) == ["bad"] && entries[0].text.count == 4 && entries[0].firstTime == 1 && entries[0].lastTime == 3)
    }

    @Test func ownRulesAreAskedFirstAndReplaceThoseOfTheirName() throws {
        let own = """
            rules:
              - name: shop
                language: shop
                start: '^SHOP-(?<code>\\d+)'
                message: '^(?<type>SHOP-\\d+) (?<message>.*) in '
                place: ' in (?<file>\\S+):(?<line>\\d+)$'
              - {name: make, language: make, start: '^never$'}
            """
        let rules = try ErrorRules(reading: Array(own.utf8), of: "own.yaml", before: ErrorRules.shipped.get())
        let text = "SHOP-42 sold out in a.shop:7\nmake: *** [x] Error 1\npanic: x\n"
        #expect(try Self.errors(Array(text.utf8), rules: rules) == ["shop: SHOP-42: sold out at a.shop:7", "go-panic: panic: x"])
    }

    @Test(
        arguments: [
            ("rules: 1", "line 1"), ("rule:\n  - {}", "line 1"),
            ("rules:\n  - name: a\n    language: b", "line 2: the rule has no 'start'"),
            ("rules:\n  - name: a\n    language: b\n    start: '('", "line 4: 'start'"),
            ("rules:\n  - name: a\n    language: b\n    start: x\n    stop: y", "line 5: 'stop' is unknown"),
            ("rules:\n  - name: a\n    language: b\n    start: x\n    from: both", "line 5: 'from' is first or last"),
            ("rules:\n  - {name: a, language: b, start: x}\n  - {name: a, language: b, start: x}", "line 3: the rule 'a' is there already"),
            ("rules: [", "line"),
        ])
    func whatIsWrongIsToldWithItsPlace(text: String, expected: String) {
        #expect {
            _ = try ErrorRules(reading: Array(text.utf8), of: "own.yaml")
        } throws: { error in
            "\(error)".contains("own.yaml") && "\(error)".contains(expected)
        }
    }
}
