/// Output within a limit: its beginning and its end, and how much between them is left out.
struct BoundedText: Sendable {
    let limit: Int
    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    /// All bytes that came.
    private(set) var total = 0

    /// - Parameter headShare: what of the limit is for the beginning.
    init(limit: Int, headShare: Double = 0.5) {
        self.limit = limit
        headLimit = Int(Double(limit) * headShare)
    }

    private let headLimit: Int
    private var tailLimit: Int { limit - headLimit }

    var isEmpty: Bool { total == 0 }

    mutating func append(_ bytes: [UInt8]) {
        total += bytes.count
        let first = min(headLimit - head.count, bytes.count)
        head += bytes[..<first]
        tail += bytes[first...]
        // Not at every append: each would move all of it.
        if tail.count > 2 * tailLimit + 4096 { tail.removeFirst(tail.count - tailLimit) }
    }

    /// What is kept, as text, with a marker where something is left out, and the number of bytes left out there.
    var text: (text: String, omitted: Int) {
        var end = tail[...]
        guard total > limit else { return (String(decoding: head + end, as: UTF8.self), 0) }
        end = end.suffix(tailLimit)
        // A character that the cut goes through is left out as a whole.
        while let byte = end.first, byte & 0xC0 == 0x80 { end = end.dropFirst() }
        let beginning = Self.wholeCharacters(head)
        let omitted = total - beginning.count - end.count
        let (first, last) = (String(decoding: beginning, as: UTF8.self), String(decoding: end, as: UTF8.self))
        return (first + "\n… \(omitted) bytes left out …\n" + last, omitted)
    }

    private static func wholeCharacters(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        guard let lead = bytes.suffix(4).lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return bytes[...] }
        let needed =
            switch bytes[lead] {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 1
            }
        return bytes.count - lead < needed ? bytes[..<lead] : bytes[...]
    }
}
