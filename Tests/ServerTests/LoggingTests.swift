import CLinux
import Glibc
import Logging
import Scopes
import Testing

@testable import Server

@Suite struct LoggingTests {
    @Test(arguments: [
        ("GITHUB_TOKEN", true), ("AWS_SECRET_ACCESS_KEY", true), ("password", true), ("api-key", true), ("KEY", true),
        ("Authorization", true), ("monkey", false), ("keyboard", false), ("path", false),
    ])
    func knowsWhichKeysAreSecret(_ key: String, _ isSecret: Bool) {
        #expect(SecretMask.isSecret(key) == isSecret)
    }

    @Test(arguments: [
        ("run GITHUB_TOKEN=abc123 make", "run GITHUB_TOKEN=**** make"), ("--password='a b' x", "--password=**** x"),
        ("a=1 b=2", "a=1 b=2"), ("secret=", "secret="), ("x?api_key=1&y=2", "x?api_key=****&y=2"), ("no equals", "no equals"),
        ("TOKEN=\"unended", "TOKEN=****"),
    ])
    func masksAssignmentsInsideTexts(_ text: String, _ masked: String) {
        #expect(SecretMask.mask(text) == masked)
    }

    /// A full disk must not be filled by the log of it.
    @Test func aProblemThatComesAgainAndAgainIsALineInThirtySeconds() {
        let runtime = Runtime.manual()
        let lines = Lock<[String]>([])
        let counted = Latch()
        let problem = RepeatedProblem(runtime) { text, count in
            lines.withLock { $0.append("\(count) \(text)") }
            if count == 99 { counted.open() }
        }
        for number in 1...100 { problem.add("disk full \(number)") }
        #expect(lines.withLock { $0 } == ["1 disk full 1"])
        runtime.advance(by: RepeatedProblem.interval)
        counted.wait()
        #expect(lines.withLock { $0.last } == "99 disk full 100")
        problem.add("a")
        problem.add("b")
        #expect(lines.withLock { $0.count } == 2)
        // What is left is said at the end, and nothing waits then.
        problem.close()
        #expect(lines.withLock { $0.last } == "2 b" && runtime.timers.count == 0)
        problem.add("c")
        #expect(lines.withLock { $0 }.count == 4)
        problem.close()
        #expect(lines.withLock { $0 }.count == 4)
        runtime.stop()
    }

    @Test func aRecordIsOneLineAndControlsNoTerminal() {
        let line = StderrLogHandler.line(
            level: .warning, message: "two\nlines \u{1B}[31m", fields: [("a", "x y"), ("token", "t"), ("q", "say \"hi\"")],
            at: timespec(tv_sec: 1_700_000_000, tv_nsec: 42_000_000))
        #expect(
            line
                == "2023-11-14T22:13:20.042Z warning  two\\nlines \\u{1b}[31m a=\"x y\" token=**** q=\"say \\\"hi\\\"\"\n")
    }
}
