import Testing

@testable import Logs

@Suite final class ProcessTableTests {
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 31)
        }
    }

    private var table = ProcessTable(limits: Limits(processBytes: 4 << 20, totalBytes: 6 << 20, rememberedProcesses: 3))
    private var random = Seeded(state: 7)
    private var now: Int64 = 0
    private static let one = Owner.session(1)
    private static let other = Owner.session(2)
    private static let end = ProcessEnd(wasStopped: false, exitCode: 0, signal: nil, time: 9)

    @discardableResult
    private func start(_ name: String = "web", _ owner: Owner = one, isHeld: Bool = false) -> String {
        now += 1
        let id = table.reserve(name: name, command: name, directory: nil, owner: owner, now: now, using: &random).place.id
        table.started(id, pid: 100, at: now)
        if !isHeld { table.release(id) }
        return id
    }

    @discardableResult
    private func write(_ id: String, _ lines: [String]) -> Bool {
        now += 1
        return table.append(id, LineBatch(lines), outputBytes: lines.count, time: now, stream: .stdout)
    }

    private func isFirst(_ owner: Owner) -> Bool {
        table.reserve(name: "a", command: "", directory: nil, owner: owner, now: 0, using: &random).place.isFirstOfOwner
    }

    private func ended(_ id: String, _ end: ProcessEnd) -> Bool { table.ended(id, end) }

    private func find(_ id: String, session: UInt64?) throws(UnknownProcess) -> ProcessRecord { try table.find(id, session: session) }

    private func follow(_ id: String, after cursor: Int, filter: LineFilter, limit: Int) -> FollowBatch? {
        table.follow(id, after: cursor, filter: filter, limit: limit)
    }

    /// What was searched in a copy may be old when it is done.
    @Test func aFollowerThatSearchedACopyMissesNeitherLinesNorTheEnd() throws {
        let id = start()
        write(id, ["one"])
        func search() throws -> FollowBatch {
            try #require(table.records[id]).batch(after: 0, filter: LineFilter(text: TextFilter("one")), limit: 10)
        }
        var batch = try search()
        write(id, ["two"])
        table.noteWaiter(id, &batch)
        #expect(!batch.isAtEnd)
        batch = try search()
        #expect(ended(id, Self.end))
        table.noteWaiter(id, &batch)
        #expect(batch.isAtEnd && batch.isLast)
    }

    /// Row concurrent-start-is-atomic: whether one runs and that another is started is one step.
    @Test func aScriptThatRunsIsToldOfUnlessASecondIsWanted() {
        var random = SystemRandomNumberGenerator()
        func reserve(_ key: String?, _ owner: Owner, again: Bool = false) -> ProcessTable.Reservation {
            table.reserve(
                name: "dev", command: "", directory: nil, owner: owner, key: key, again: again, now: 0, using: &random)
        }
        let first = reserve("/p\npackage.json:dev", Self.one).place.id
        for _ in 0..<20 {
            guard case .running(first) = reserve("/p\npackage.json:dev", Self.one) else { return #expect(Bool(false)) }
        }
        // Another project's, another session's, no script's, and one more that is wanted.
        let others = [
            reserve("/q\npackage.json:dev", Self.one), reserve("/p\npackage.json:dev", Self.other), reserve(nil, Self.one),
            reserve("/p\npackage.json:dev", Self.one, again: true),
        ]
        #expect(Set(others.map(\.place.id) + [first]).count == 5)
        _ = table.ended(first, ProcessEnd(wasStopped: false, exitCode: 0, signal: nil, time: 1))
        _ = table.ended(others[3].place.id, ProcessEnd(wasStopped: false, exitCode: 0, signal: nil, time: 1))
        #expect(!reserve("/p\npackage.json:dev", Self.one).place.id.isEmpty)
        // A kept one is everybody's.
        let kept = reserve("/k\nMakefile:run", .plugin).place.id
        guard case .running(kept) = reserve("/k\nMakefile:run", Self.one) else { return #expect(Bool(false)) }
    }

    @Test func idsAreUniqueAlsoWhenChanceRepeatsItself() {
        var ids: Set<String> = []
        for _ in 0..<20 {
            // The same random numbers for every start: only what is free is taken.
            var random = Seeded(state: 1)
            ids.insert(table.reserve(name: "web", command: "", directory: nil, owner: Self.one, now: 0, using: &random).place.id)
        }
        #expect(ids.count == 20)
    }

    /// Row no-zombies-under-concurrency at full size: of 200 that end together, each call tells of its own.
    @Test func whatACallHasStillToTellIsNotForgotten() {
        let held = (0..<5).map { _ in start(isHeld: true) }
        for id in held { #expect(ended(id, Self.end)) }
        let later = start()
        #expect(ended(later, Self.end))
        #expect(held.allSatisfy { table.records[$0]?.status == .exited } && table.records.count == 6)
        for id in held { table.release(id) }
        #expect(table.records.count == 3)
    }

    @Test func theFirstOfAnOwnerIsTold() {
        #expect(isFirst(Self.one))
        #expect(!isFirst(Self.one))
        #expect(isFirst(Self.other))
        table.forget(Self.one)
        #expect(isFirst(Self.one))
    }

    @Test func aSessionSeesItsOwnAndTheKeptOnes() throws {
        let mine = start("mine")
        let theirs = start("theirs", Self.other)
        let kept = start("kept", .plugin)
        #expect(table.visible(1).map(\.id) == [kept, mine])
        #expect(table.visible(2).map(\.id) == [kept, theirs])
        #expect(table.visible(nil).map(\.id) == [kept])
        #expect(try find(mine, session: 1).id == mine)
        #expect(try find(kept, session: nil).id == kept)
        #expect(throws: UnknownProcess(asked: theirs, known: [kept, mine], hasSession: true)) { try find(theirs, session: 1) }
        #expect(throws: UnknownProcess(asked: mine, known: [kept], hasSession: false)) { try find(mine, session: nil) }
    }

    @Test func anUnknownIdNamesTheNearOnesFirst() {
        let web = start("web")
        let api = start("api")
        #expect(throws: UnknownProcess(asked: "web-000000", known: [web, api], hasSession: true)) {
            try find("web-000000", session: 1)
        }
    }

    @Test func runningOnesAreListedFirstThenTheYoungest() {
        let first = start()
        let second = start()
        let third = start()
        let fourth = start()
        for id in [second, fourth] { #expect(ended(id, Self.end)) }
        #expect(table.visible(1).map(\.id) == [third, first, fourth, second])
    }

    @Test func theFirstEndCounts() {
        let id = start()
        #expect(ended(id, Self.end))
        #expect(!ended(id, ProcessEnd(wasStopped: true, exitCode: nil, signal: 9, time: 10)))
        #expect(table.records[id]?.status == .exited && table.records[id]?.end == Self.end)
        #expect(!ended("nobody", Self.end))
    }

    @Test func aStartThatComesLateChangesNothing() {
        let id = table.reserve(name: "a", command: "", directory: nil, owner: Self.one, now: 5, using: &random).place.id
        #expect(table.records[id]?.status == .starting)
        #expect(ended(id, Self.end))
        table.started(id, pid: 1, at: 6)
        #expect(table.records[id]?.status == .exited)
    }

    @Test func endedOnesAreForgottenLeastRecentlyUsedFirst() throws {
        let ids = (0..<4).map { _ in start() }
        let running = start()
        let theirs = start("theirs", Self.other)
        for id in ids[..<3] { #expect(ended(id, Self.end)) }
        #expect(ended(theirs, Self.end))
        _ = try find(ids[0], session: 1)
        #expect(ended(ids[3], Self.end))
        #expect(table.records[ids[1]] == nil, "nobody had asked for it for longest")
        #expect(table.records[ids[0]] != nil && table.records[ids[2]] != nil && table.records[ids[3]] != nil)
        #expect(table.records[running] != nil && table.records[theirs] != nil)
    }

    @Test func forgettingAnOwnerLeavesNothingOfIt() {
        let mine = start()
        let theirs = start("theirs", Self.other)
        write(mine, ["a", "b"])
        write(theirs, ["c"])
        table.forget(Self.one)
        #expect(table.records.keys.sorted() == [theirs])
        #expect(table.owners == [Self.other])
        table.forget(Self.other)
        #expect(table.cost == 0 && table.records.isEmpty && table.owners.isEmpty)
        #expect(!write(mine, ["late"]))
        #expect(table.cost == 0, "a line that comes after the end is kept by nobody")
    }

    @Test func theTotalIsBoundedAndTheOldestLinesGoFirst() {
        let quiet = start("quiet")
        let loud = start("loud")
        let late = start("late")
        write(quiet, ["old"])
        let line = String(repeating: "x", count: 1000)
        for _ in 0..<80 { write(loud, Array(repeating: line, count: 50)) }
        for _ in 0..<80 { write(late, Array(repeating: line, count: 50)) }
        #expect(table.cost <= 6 << 20)
        #expect(table.records[quiet]?.ring.firstCursor == 2, "its line was the oldest of all")
        let (first, second) = (table.records[loud]?.ring.droppedLines ?? 0, table.records[late]?.ring.droppedLines ?? 0)
        #expect(first > 0 && second == 0)
        #expect(table.cost == table.records.values.reduce(0) { $0 + $1.ring.cost })
    }

    @Test func aFollowerIsWokenOnceForWhatItMissed() throws {
        let id = start()
        #expect(!write(id, ["a"]), "nobody waits")
        var batch = try #require(follow(id, after: 0, filter: LineFilter(), limit: 10))
        #expect(batch.lines.map(\.text) == ["a"] && batch.isAtEnd && !batch.isLast && batch.cursor == 1)
        #expect(write(id, ["b"]), "it had seen everything")
        #expect(!write(id, ["c"]), "once is enough")
        batch = try #require(follow(id, after: 1, filter: LineFilter(), limit: 1))
        #expect(batch.lines.map(\.text) == ["b"] && !batch.isAtEnd)
        #expect(!write(id, ["d"]), "it has still something to read")
        #expect(ended(id, Self.end))
        batch = try #require(follow(id, after: 2, filter: LineFilter(), limit: 1))
        #expect(!batch.isLast)
        batch = try #require(follow(id, after: 3, filter: LineFilter(), limit: 1))
        #expect(batch.isLast && batch.lines.map(\.text) == ["d"])
        table.remove(id)
        #expect(follow(id, after: 4, filter: LineFilter(), limit: 1) == nil)
    }

    @Test func aFilteredFollowerPassesWhatDoesNotMatch() throws {
        let id = start()
        write(id, (1...10_000).map { "line \($0)" })
        var cursor = 0
        var found: [String] = []
        for _ in 0..<10 {
            let batch = try #require(follow(id, after: cursor, filter: LineFilter(text: TextFilter("line 9999")), limit: 10))
            found += batch.lines.map(\.text)
            #expect(batch.cursor - cursor <= FollowBatch.longestLook)
            cursor = batch.cursor
            if batch.isAtEnd { break }
        }
        #expect(found == ["line 9999"] && cursor == 10_000)
    }

    @Test func anOvertakenFollowerIsToldItsGap() throws {
        let id = start()
        let line = String(repeating: "x", count: 1000)
        for _ in 0..<100 { write(id, Array(repeating: line, count: 100)) }
        let gone = try #require(table.records[id]?.ring.droppedLines)
        #expect(gone > 0)
        let batch = try #require(follow(id, after: 7, filter: LineFilter(), limit: 2))
        #expect(batch.gap == gone - 7 && batch.lines.map(\.cursor) == [gone + 1, gone + 2])
    }

    @Test(arguments: [
        ("web", "web"), ("Web Server", "web-server"), ("--x--", "x"), ("", "process"), ("日本", "process"), ("a.b_c", "a-b-c"),
        ("node@20", "node-20"), ("a-very-long-name-that-never-seems-to-end", "a-very-long-name-that-ne"),
    ])
    func idsAreReadable(name: String, slug: String) throws {
        var random = Seeded(state: 3)
        #expect(ProcessIDs.slug(name) == slug)
        let id = ProcessIDs.make(name, using: &random)
        #expect(id.hasPrefix(slug + "-") && id.utf8.count == slug.utf8.count + 7)
    }
}

extension ProcessTable.Reservation {
    fileprivate var place: ProcessTable.Place {
        guard case .reserved(let place) = self else { return ProcessTable.Place(id: "", isFirstOfOwner: false) }
        return place
    }
}
