import AmbitPlugin
import Testing

@testable import REPL

struct TextTests {
    @Test func outputWithinTheLimitIsWhole() {
        var text = BoundedText(limit: 10)
        for part in ["abc", "defg", "hij"] { text.append(Array(part.utf8)) }
        #expect(text.text == ("abcdefghij", 0))
    }

    @Test func whatIsLeftOutIsCountedExactly() {
        var text = BoundedText(limit: 10)
        for number in 0..<10_000 { text.append(Array("\(number % 10)".utf8)) }
        #expect(text.text == ("01234\n… 9990 bytes left out …\n56789", 9990))
    }

    @Test func charactersAreNotCut() {
        var text = BoundedText(limit: 7)
        text.append(Array("aüüüüüz".utf8))  // 3 bytes at the beginning end within a character, as do 4 at the end
        let kept = text.text
        #expect(kept.text == "aü\n… 6 bytes left out …\nüz" && kept.omitted == 6, "\(kept)")
    }

    @Test func onlyTheEndOfLastWords() {
        var text = BoundedText(limit: 4, headShare: 0)
        text.append(Array("0123456789".utf8))
        #expect(text.text == ("\n… 6 bytes left out …\n6789", 6))
    }

    @Test func linesComeWithTheirEndOrAtTheEnd() {
        var splitter = LineSplitter()
        let lines = splitter.split(Array("a\r\nb\n\nc".utf8))
        let rest = [splitter.finish(), splitter.finish()]
        let long = splitter.split([UInt8](repeating: 0x61, count: Limits.line + 1))
        #expect(lines == ["a", "b", ""] && rest == ["c", nil] && long.map(\.count) == [Limits.line])
    }

    @Test(arguments: [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar"), ("/+8=", "\u{FFFD}\u{FFFD}")])
    func base64(text: String, plain: String) {
        #expect(Base64.decode(text).map { String(decoding: $0, as: UTF8.self) } == plain)
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zm9v=", "Zg==Zg==", "Zm 9v", "ü"]) func whatIsNoBase64(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func shellCodeIsQuoted() {
        let request = ShellDriver.request(id: "i", code: "echo 'a' \"$b\"\n\\")
        #expect(request.contains(#"eval 'echo '\''a'\'' "$b""#) && request.hasSuffix("\n__ambit_done i $?\n"))
    }

    @Test func lastWordsSayHowItEnded() {
        #expect(LastWords(exitCode: 3).account == "exited with code 3.")
        #expect(LastWords(signal: 9, stderr: "boom").account == "was killed by SIGKILL; its last words:\nboom")
        #expect(LastWords(exitCode: 0, reason: "it was closed").sentence == "was ended: it was closed")
    }

    @Test(arguments: [(12, "12 ms"), (1000, "1 s"), (1540, "1.5 s"), (61_000, "1 min 1 s")])
    func durations(milliseconds: Int64, text: String) {
        #expect(Spoken.text(milliseconds: milliseconds) == text)
        #expect(Spoken.text(.milliseconds(milliseconds)) == text)
    }

    @Test func whatIsNotInstalledIsSaidWithHowToGetIt() {
        #expect(throws: ToolError("Node.js is not installed: PATH has no node nor nodejs. To get it: \(Language.node.installation).")) {
            try Program(.node, given: nil, directory: nil, environment: [], search: "/nowhere:/dev")
        }
        #expect(throws: ToolError("Python was not opened: /dev/null is not there, or is no program that may be run.")) {
            try Program(.python, given: "/dev/null", directory: nil, environment: [], search: "")
        }
        #expect(throws: ToolError("a shell was not opened: \"cwd\" is no directory: /dev/null.")) {
            try Program(.shell, given: nil, directory: "/dev/null", environment: [], search: "/bin")
        }
    }

    @Test func programsAreFoundInPathAndByPath() throws {
        #expect(try Program(.shell, given: nil, directory: nil, environment: [], search: "/nowhere:/bin").path == "/bin/bash")
        #expect(try Program(.shell, given: "sh", directory: nil, environment: [], search: "/bin").path == "/bin/sh")
        #expect(try Program(.shell, given: "../bin/sh", directory: "/usr/bin", environment: [], search: "").path.hasSuffix("/bin/sh"))
    }
}
