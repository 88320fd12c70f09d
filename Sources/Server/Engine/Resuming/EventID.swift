/// The id of an event on a stream of a legacy session (DIGEST 2.4): `p7-3` is the third event of the seventh stream that a POST became,
/// `g1-0` the priming event of the first that a GET opened. Unique in the session; a number of a stream is never given twice.
struct EventID: Hashable, Sendable, CustomStringConvertible {
    struct Stream: Hashable, Sendable {
        enum Kind: Character, Sendable { case post = "p", get = "g" }

        let kind: Kind
        let number: Int
    }

    let stream: Stream
    /// From 1 on; 0 is the priming event, and where a stream begins that has none.
    let place: Int

    init(_ stream: Stream, _ place: Int) {
        self.stream = stream
        self.place = place
    }

    /// Reads what `description` wrote; nil for all else.
    init?(_ text: String) {
        guard let kind = text.first.flatMap(Stream.Kind.init) else { return nil }
        let parts = text.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Self.number(parts[0]), let place = Self.number(parts[1]) else { return nil }
        self.init(Stream(kind: kind, number: number), place)
    }

    private static func number(_ text: Substring) -> Int? {
        guard (1...15).contains(text.utf8.count), text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), text == "0" || text.first != "0" else {
            return nil
        }
        return Int(text)
    }

    var description: String { "\(stream.kind.rawValue)\(stream.number)-\(place)" }
}
