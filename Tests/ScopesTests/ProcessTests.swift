import Glibc
import Testing

@testable import Scopes

/// The kind process with the real launcher and real programs.
struct ProcessTests {
    /// Built beside the test runner.
    static let launcher: String? = {
        if let path = getenv("AMBIT_LAUNCHER") { return String(cString: path) }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return nil }
        let executable = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let path = executable.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/ambit-launcher"
        return access(path, X_OK) == 0 ? path : nil
    }()

    func start(_ arguments: [String], in scope: Scope, _ change: (inout Process.Options) -> Void = { _ in })
        throws -> Process
    {
        let launcher = try #require(Self.launcher, "ambit-launcher is not built: swift build --product ambit-launcher")
        var options = Process.Options(arguments: arguments.map { Array($0.utf8) })
        options.grace = 300_000_000
        change(&options)
        return try Process.start(options, in: scope, launcher: launcher)
    }

    func output(_ process: Process) -> String {
        let gate = Gate()
        let collected = Lock<[UInt8]>([])
        @Sendable func next() {
            _ = process.read { chunk in
                guard let chunk else { return gate.open() }
                collected.withLock { $0 += chunk.bytes }
                next()
            }
        }
        next()
        #expect(gate.wait())
        return String(decoding: collected.withLock { $0 }, as: UTF8.self)
    }

    func exit(_ process: Process) -> Process.Info? {
        let gate = Gate()
        let box = Lock<Process.Info?>(nil)
        process.whenExited { info in
            box.withLock { $0 = info }
            gate.open()
        }
        return gate.wait(seconds: 20) ? box.withLock { $0 } : nil
    }

    func inTree(_ body: (Runtime, Scope) throws -> Void) throws {
        let runtime = Runtime()
        defer { runtime.stop() }
        let root = Scope.root(runtime)
        try body(runtime, root)
        #expect(root.closeNow() != nil)
        #expect(runtime.ledger.totals().allSatisfy { $0.live == 0 })
        #expect(runtime.reactor!.watchCount == 0)
    }

    @Test func outputExitCodeAndInput() throws {
        try inTree { _, root in
            let process = try start(["sh", "-c", "cat; echo err >&2; exit 3"], in: root) { $0.keepInput = true }
            process.write(Array("hello\n".utf8)) { ok in if ok { process.closeInput() } }
            let text = output(process)
            #expect(text.contains("hello") && text.contains("err"))
            let info = exit(process)
            #expect(info?.state == .exited && info?.exitCode == 3 && info?.signal == 0 && info?.stopped == false)
            #expect(root.counts.resources == 0)
        }
    }

    @Test(arguments: [false, true]) func descriptor3IsAStreamOfItsOwn(inTerminal: Bool) throws {
        try inTree { _, root in
            let script = "echo out; echo extra >&3; exec sh -c 'echo more >&3; ls -1 /proc/$$/fd'"
            let process = try start(["sh", "-c", script], in: root) {
                $0.extraOutput = true
                if inTerminal { $0.terminal = .init() }
            }
            let gate = Gate()
            let streams = Lock<[Int32: [UInt8]]>([:])
            @Sendable func next() {
                _ = process.read { chunk in
                    guard let chunk else { return gate.open() }
                    streams.withLock { $0[chunk.stream, default: []] += chunk.bytes.isEmpty ? Array("end".utf8) : chunk.bytes }
                    next()
                }
            }
            next()
            #expect(gate.wait())
            let text = streams.withLock { $0.mapValues { String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isNewline) } }
            #expect(text[3] == ["extra", "more", "end"])
            #expect(text[1] == ["out", "0", "1", "2", "3"], "nothing else was handed over")
            #expect(exit(process)?.exitCode == 0)
        }
    }

    @Test func aProgramThatDoesNotExistSaysSo() throws {
        try inTree { _, root in
            let process = try start(["/does/not/exist"], in: root)
            let info = exit(process)
            #expect(info?.state == .failed && info?.errorNumber == ENOENT && info?.errorText.isEmpty == false)
        }
    }

    /// Everything that was written arrives, although the reader is slow and the buffer small.
    @Test func backPressureLosesNothing() throws {
        try inTree { _, root in
            let process = try start(["sh", "-c", "seq 1 50000"], in: root) { $0.outputCapacity = 1 }
            let lines = output(process).split(separator: "\n")
            #expect(lines.count == 50_000 && lines.last == "50000")
            #expect(exit(process)?.exitCode == 0)
        }
    }

    @Test func stopEndsTheWholeTreeWithOneExitEvent() throws {
        try inTree { _, root in
            let script = "trap '' TERM; (setsid sh -c 'trap \"\" TERM; echo ready; sleep 60' &); sleep 60"
            let process = try start(["sh", "-c", script], in: root)
            let ready = Gate()
            _ = process.read { _ in ready.open() }
            #expect(ready.wait())
            process.stop()
            let info = exit(process)
            #expect(info?.stopped == true && info?.signal == SIGKILL)
        }
    }

    @Test func closingTheScopeEndsTheProcess() throws {
        try inTree { runtime, root in
            let scope = try root.open(.session)
            let process = try start(["sleep", "60"], in: scope)
            let started = Gate()
            process.whenStarted { _ in started.open() }
            #expect(started.wait())
            let report = scope.closeNow(Reason(.disconnected, by: "test"))
            #expect(report?.isClean == true && report?.released == 1)
            #expect(runtime.ledger.gauge("process") == 0)
            #expect(kill(process.info.pid, 0) != 0)
        }
    }

    @Test func manyAtOnceLeaveNoZombie() throws {
        try inTree { _, root in
            let processes = try (0..<200).map { try start(["sh", "-c", "(sleep 60 &) ; exit \($0 % 100)"], in: root) { $0.grace = 0 } }
            for (index, process) in processes.enumerated() { #expect(exit(process)?.exitCode == Int32(index % 100)) }
            #expect(processes.allSatisfy { kill($0.info.pid, 0) != 0 })
        }
    }

    @Test func aZeroByteIsRefused() throws {
        try inTree { _, root in
            #expect(throws: ProcessError.self) { try start(["echo", "a\0b"], in: root) }
            #expect(root.counts.resources == 0)
        }
    }
}
