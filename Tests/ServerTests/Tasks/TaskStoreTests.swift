import Glibc
import JSON
import MCP
import Scopes
import Testing

@testable import Server

@Suite struct TaskStoreTests {
    private let folder = TaskFolder()
    private let server = TaskStore.Identity("http-127.0.0.1-7777")

    private final class Problems: Sendable {
        private let texts = Lock<[String]>([])
        func add(_ problem: TaskStore.Problem) {
            switch problem {
            case .notStored(let text): texts.withLock { $0.append("not stored: \(text)") }
            case .notAdopted(let text): texts.withLock { $0.append("not adopted: \(text)") }
            }
        }
        var all: [String] { texts.withLock { $0 } }
    }

    private func store(_ problems: Problems = Problems()) -> TaskStore { TaskStore(root: folder.path) { problems.add($0) } }

    private func task(_ id: String, size: Int = 10) throws -> StoredTask {
        let now = Monotonic.unixNow()
        let outcome = try JSONDocument(Array(#"{"x":"\#(String(repeating: "x", count: size))"}"#.utf8), limits: .own).root
        let snapshot = TaskSnapshot(
            id: id, status: .completed, createdAt: now, updatedAt: now, timeToLive: 3_600_000_000_000, outcome: outcome)
        return StoredTask(CallTask(snapshot, principal: "ada", tool: "t", call: nil))
    }

    /// An earlier run, which has ended and has left these.
    private func leave(_ tasks: [StoredTask], as server: TaskStore.Identity? = nil) -> String {
        let before = folder.folders
        let store = store()
        _ = store.adopt(as: server ?? self.server)
        for task in tasks { store.write(task) { #expect($0) } }
        store.close()
        return folder.folders.first { !before.contains($0) } ?? "/nonexistent"
    }

    @Test func aResultThatIsLargerThanARequestMayBeSurvivesARestart() throws {
        _ = leave([try task("a", size: 5 << 20)])
        let problems = Problems()
        let store = store(problems)
        let found = store.adopt(as: server)
        #expect(found.map(\.snapshot.id) == ["a"] && problems.all.isEmpty)
        #expect(found.first?.snapshot.outcome?["x"]?.string?.utf8.count == 5 << 20)
        store.close()
    }

    /// None of them may end the server or hold it up.
    @Test func whatCanNotBeATaskIsNamedAndRemovedAndTheRestIsTakenOver() throws {
        let left = leave([try task("good"), try task("future"), try task("long"), try task("past"), try task("other"), try task("half")])
        func edit(_ name: String, _ expression: String) throws {
            try #require(system("sed -i -E '\(expression)' '\(left)/\(name).json'") == 0)
        }
        try edit("future", #"s/"createdAt":[0-9]+/"createdAt":9223372036854775807/"#)
        try edit("long", #"s/"timeToLive":[0-9]+/"timeToLive":9223372036854775807/"#)
        try edit("past", #"s/"createdAt":[0-9]+/"createdAt":-9223372036854775808/"#)
        try edit("other", #"s/"id":"other"/"id":"good"/"#)
        try #require(truncate("\(left)/half.json", 60) == 0)
        try #require(mkfifo("\(left)/pipe.json", 0o600) == 0)
        try #require(symlink("/dev/zero", "\(left)/zero.json") == 0)
        try #require(mkdir("\(left)/folder.json", 0o700) == 0)
        try #require(system("head -c 3000000 /dev/zero | tr '\\0' '[' > '\(left)/deep.json'") == 0)
        // Of a run that was killed while it wrote: nothing to tell of.
        try #require(system("echo half > '\(left)/good.json.new'") == 0)
        let problems = Problems()
        let store = store(problems)
        #expect(store.adopt(as: server).map(\.snapshot.id) == ["good"])
        let bad = ["deep", "folder", "future", "half", "long", "other", "past", "pipe", "zero"]
        #expect(problems.all.count == bad.count && problems.all.allSatisfy { $0.hasPrefix("not adopted: ") })
        for name in bad { #expect(problems.all.contains { $0.contains("/\(name).json: ") }, "\(name)") }
        #expect(access(left, F_OK) != 0)
        store.close()
        #expect(folder.folders.map { TaskFolder.names(in: $0) } == [["good.json", "lock"]])
    }

    @Test func whatIsTooMuchIsOneLine() throws {
        _ = leave(try (1...5).map { try task("t\($0)") })
        let (problems, runtime) = (Problems(), Runtime.manual())
        var limits = CallTasks.Limits()
        limits.all = 4
        let tasks = CallTasks(limits, runtime, store(problems))
        tasks.adopt(as: server)
        #expect(tasks.count == 2)
        // Half of them is the share of the one who has all of these.
        #expect(
            problems.all.count == 1
                && problems.all[0].hasPrefix("not adopted: 3 of its tasks: 2 tasks of this client are kept, the most that"),
            "\(problems.all)")
        tasks.close()
        #expect(folder.folders.map { TaskFolder.names(in: $0).count } == [3])
        runtime.stop()
    }

    @Test func aFolderOfARunThatLivesIsLeftAlone() throws {
        let first = store()
        _ = first.adopt(as: server)
        first.write(try task("a")) { _ in }
        let problems = Problems()
        let second = store(problems)
        // A run that writes has made its folder by the time that its first task is stored.
        let written = Latch()
        first.write(try task("b")) { _ in written.open() }
        #expect(written.wait(nanoseconds: 10_000_000_000))
        #expect(second.adopt(as: server).isEmpty && problems.all.isEmpty)
        second.close()
        first.close()
        let third = store()
        #expect(third.adopt(as: server).map(\.snapshot.id).sorted() == ["a", "b"])
        third.close()
    }

    @Test func runsThatAreNobodysNextTakeNothingOverAndLeaveNothing() throws {
        let passing = TaskStore.Identity("http-127.0.0.1-0", isLasting: false)
        // One that was killed: it has left its folder, and nobody has its lock.
        let dead = leave([try task("a")], as: TaskStore.Identity("http-127.0.0.1-0"))
        let others = leave([try task("b")])
        #expect(access("\(dead)/a.json", F_OK) == 0)
        let store = store()
        #expect(store.adopt(as: passing).isEmpty)
        #expect(folder.folders == [others])
        store.write(try task("c")) { #expect($0) }
        store.close()
        #expect(folder.folders == [others])
    }
}
