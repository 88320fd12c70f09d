import AmbitPlugin
import Testing

@testable import REPL

struct FrameReaderTests {
    private static func frames(_ chunks: [String]) -> ([String], isBroken: Bool) {
        var reader = FrameReader()
        var frames: [String] = []
        for chunk in chunks {
            reader.append(Array(chunk.utf8))
            while let frame = reader.next() { frames.append(String(decoding: frame, as: UTF8.self)) }
        }
        return (frames, reader.isBroken)
    }

    @Test func messagesAreTakenApartHoweverTheyCome() {
        let text = "2\n{}0\n11\n{\"a\":\"\\n\"}x"
        let whole = Self.frames([text])
        let pieces = Self.frames(text.map(String.init))
        #expect(whole.0 == ["{}", "", "{\"a\":\"\\n\"}x"] && !whole.isBroken)
        #expect(pieces.0 == whole.0)
    }

    @Test(arguments: ["x\n{}", "-1\n", "99999999999\n{}", "1 \n"]) func whatIsNoLengthBreaksIt(text: String) {
        let found = Self.frames([text, "2\n{}"])
        #expect(found.0.isEmpty && found.isBroken)
    }

    @Test func aRequestIsAFrame() {
        let request = Frame.bytes(["id": "a", "code": "ü\n"])
        #expect(String(decoding: request, as: UTF8.self) == "24\n{\"id\":\"a\",\"code\":\"ü\\n\"}")
    }

    @Test func driversSayThreeThings() {
        #expect(DriverMessage(Array("{\"ready\":\"Python 3\"}".utf8)[...]) == .ready("Python 3"))
        #expect(DriverMessage(Array("{\"id\":\"x\",\"status\":3}".utf8)[...]) == .answer(id: "x", ["id": "x", "status": 3]))
        #expect(DriverMessage(Array("{}".utf8)[...]) == nil && DriverMessage(Array("nonsense".utf8)[...]) == nil)
    }
}
