import Glibc
import TestSupport
import Testing

@testable import Scopes

/// Processes in a terminal of their own.
struct ProcessTerminalTests {
    private let base = ProcessTests()

    private func start(_ script: String, in scope: Scope, size: Process.Terminal = .init()) throws -> Process {
        try base.start(["sh", "-c", script], in: scope) { $0.terminal = size }
    }

    /// What it has written so far; grows while the test waits for it.
    private final class Screen: Sendable {
        private let bytes = Lock<[UInt8]>([])
        private let ended = Gate()

        init(_ process: Process) { next(process) }

        private func next(_ process: Process) {
            _ = process.read { [self] chunk in
                guard let chunk else { return ended.open() }
                bytes.withLock { $0 += chunk.bytes }
                next(process)
            }
        }

        var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
        func shows(_ text: String) -> Bool { eventually { self.text.contains(text) } }
        func isOver() -> Bool { ended.wait() }
    }

    @Test func itHasAControllingTerminalOfTheGivenSize() throws {
        try base.inTree { _, root in
            let process = try start("tty; stty size; test -t 0 && test -t 1 && test -t 2 && echo all; echo x > /dev/tty", in: root)
            let screen = Screen(process)
            #expect(screen.isOver())
            #expect(screen.text.hasPrefix("/dev/pts/") && screen.text.hasSuffix("24 80\r\nall\r\nx\r\n"), "\(screen.text)")
            #expect(base.exit(process)?.exitCode == 0)
            let other = try start("stty size; echo $TERM", in: root, size: .init(rows: 50, columns: 132))
            #expect(base.output(other) == "50 132\r\nxterm-256color\r\n")
        }
    }

    @Test func resizingTellsTheProgram() throws {
        try base.inTree { _, root in
            let process = try start("trap 'stty size; exit 4' WINCH; echo ready; while :; do sleep 60 & wait; done", in: root)
            let screen = Screen(process)
            #expect(screen.shows("ready"))
            process.resize(.init(rows: 40, columns: 100))
            #expect(screen.shows("40 100"))
            #expect(base.exit(process)?.exitCode == 4)
            process.resize(.init(rows: 1, columns: 1))
        }
    }

    /// All that was written arrives, although the master's end is an error (EIO) and not an end of file.
    @Test func nothingIsLostAtTheEnd() throws {
        try base.inTree { _, root in
            for _ in 0..<5 {
                let process = try start("seq 1 3000", in: root)
                let lines = base.output(process).split(separator: "\r\n")
                #expect(lines.count == 3_000 && lines.last == "3000")
                let info = base.exit(process)
                #expect(info?.exitCode == 0 && info?.outputHeld == false)
            }
        }
    }

    @Test func inputIsEchoedAndEnds() throws {
        try base.inTree { _, root in
            for text in ["one\n", "unfinished"] {
                let process = try start("cat; echo over", in: root)
                let screen = Screen(process)
                process.write(Array(text.utf8)) { if $0 { process.closeInput() } }
                #expect(screen.shows("over"))
                #expect(base.exit(process)?.exitCode == 0)
            }
        }
    }

    /// It closes its terminal before it exits, as the programs of coreutils do: that must not hang it up.
    @Test func aProgramThatClosesItsTerminalExitsByItself() throws {
        try base.inTree { _, root in
            let process = try start("exec <&- >&- 2>&-; sleep 0.3; exit 7", in: root)
            #expect(Screen(process).isOver())
            let info = base.exit(process)
            #expect(info?.exitCode == 7 && info?.signal == 0)
            for _ in 0..<40 {
                let cat = try base.start(["cat"], in: root) { $0.terminal = .init() }
                cat.write(Array("unfinished".utf8)) { _ in cat.closeInput() }
                let info = base.exit(cat)
                #expect(info?.exitCode == 0 && info?.signal == 0)
            }
        }
    }

    @Test func controlCInterrupts() throws {
        try base.inTree { _, root in
            let process = try start("trap 'exit 9' INT; echo ready; sleep 60 & wait", in: root)
            let screen = Screen(process)
            #expect(screen.shows("ready"))
            process.write([3]) { _ in }
            let info = base.exit(process)
            #expect(info?.exitCode == 9 && info?.stopped == false)
        }
    }

    @Test func closingTheScopeEndsItsDescendantsToo() throws {
        try base.inTree { _, root in
            let scope = try root.open(.call)
            let process = try start("trap '' HUP TERM; (setsid sleep 60 &); echo ready; sleep 60", in: scope)
            #expect(Screen(process).shows("ready"))
            #expect(scope.closeNow(Reason(.disconnected, by: "test"))?.isClean == true)
            #expect(kill(process.info.pid, 0) != 0)
        }
    }

    /// A program that can't be started gives everything back.
    @Test func aFailedStartLeavesNoTerminal() throws {
        try base.inTree { _, root in
            let process = try base.start(["/does/not/exist"], in: root) { $0.terminal = .init() }
            #expect(base.exit(process)?.errorNumber == ENOENT)
        }
    }
}
