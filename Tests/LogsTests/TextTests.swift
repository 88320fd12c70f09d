import AmbitPlugin
import Testing

@testable import Logs

@Suite struct TextTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
            (1_763_853_267_123_999_999, "2025-11-22T23:14:27.123Z"),
            (1_709_251_199_999_000_000, "2024-02-29T23:59:59.999Z"),
            (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
            (1_735_689_599_000_000_000, "2024-12-31T23:59:59.000Z"),
        ] as [(Int64, String)])
    func timesAreISO8601(nanoseconds: Int64, expected: String) {
        #expect(Timestamp.text(nanoseconds) == expected)
    }

    @Test func theDataOfALineIsTheObjectThatItStandsFor() {
        var data = LineData(process: "we\"b-1")
        for (cursor, text) in [(1, "plain"), (20, ""), (300, "a\"\\\n\u{1}é")] {
            let line = Line(cursor: cursor, stream: .stderr, time: 5, text: text)
            let object: JSON = [
                "process": "we\"b-1", "stream": .string(OutputStream.stderr.rawValue), "cursor": JSON(cursor), "text": .string(text),
            ]
            #expect(data.text(of: line) == object.text)
        }
    }

    private func record(_ status: ProcessStatus, _ end: ProcessEnd? = nil, command: String = "npm start") -> ProcessRecord {
        var record = ProcessRecord(
            id: "web-1", name: "web", command: command, directory: nil, owner: .session(1), key: nil, takesInput: false,
            startedAt: 1_000_000_000,
            ring: LineRing(limit: 1000))
        record.status = status
        record.pid = 42
        record.end = end
        return record
    }

    @Test func aProcessIsASentence() {
        let end = 3_345_000_000 as Int64
        #expect(record(.running).sentence(now: end) == "web-1 (npm start) is running (pid 42) since 1970-01-01T00:00:01.000Z; no output")
        #expect(
            record(.exited, ProcessEnd(wasStopped: false, exitCode: 3, signal: nil, time: end)).sentence(now: .max)
                == "web-1 (npm start) exited with code 3 after 2.3 s; no output")
        #expect(
            record(.exited, ProcessEnd(wasStopped: false, exitCode: nil, signal: 11, time: end)).state == "exited by SIGSEGV")
        #expect(
            record(.stopped, ProcessEnd(wasStopped: true, exitCode: nil, signal: 9, time: end)).state == "was stopped (SIGKILL)")
    }

    @Test func aLongCommandIsCutInSentences() {
        #expect(record(.starting, command: "cat <<E\nx\nE").sentence(now: 0).contains("(cat <<E …) is starting"))
        #expect(record(.starting, command: String(repeating: "y", count: 81)).sentence(now: 0).contains("y …)"))
        #expect(record(.starting, command: String(repeating: "y", count: 80)).sentence(now: 0).contains("y)"))
    }

    @Test func whatIsNotKnownIsLeftOut() {
        var starting = record(.starting)
        starting.pid = 0
        #expect(!starting.json(now: 0).text.contains("null"))
    }

    @Test func factsAreAnObject() {
        let end = ProcessEnd(wasStopped: false, exitCode: nil, signal: 15, time: 2_000_000_000)
        let json = record(.exited, end).json(now: .max)
        #expect(json["status"] == "exited" && json["signal"] == "SIGTERM" && json["exitCode"] == nil && json["runTimeMs"] == 1000)
        #expect(json["startedAt"] == "1970-01-01T00:00:01.000Z" && json["kept"] == false && json["pid"] == 42)
    }

    @Test func aPageTellsWhatIsMissing() {
        var page = LinePage(cursor: 12, dropped: 0)
        #expect(page.account == nil && page.text.isEmpty)
        page.lines = [
            FoundLine(Line(cursor: 9, stream: .stdout, time: 0, text: "out")),
            FoundLine(Line(cursor: 12, stream: .stderr, time: 0, text: "err")),
        ]
        #expect(page.text == " 9  out\n12! err")
        page.more = true
        page.dropped = 3
        page.omitted = 4
        let account = page.account ?? ""
        #expect(account.contains("3 older lines were dropped") && account.contains("4 earlier") && account.contains("after=12"))
    }

    @Test func anUnknownProcessIsExplained() {
        let known = (1...12).map { "web-\($0)" }
        #expect("\(UnknownProcess(asked: "x", known: known, hasSession: true))".contains("and 2 more"))
        #expect(
            "\(UnknownProcess(asked: "x", known: [], hasSession: true))" == "Unknown process \"x\". No process is known in this session.")
        #expect("\(UnknownProcess(asked: "x", known: [], hasSession: false))".contains("session's handle"))
    }
}
