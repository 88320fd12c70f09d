/// A name of a tool, or several: `*` stands for any characters.
struct ScopePattern: Sendable, Equatable {
    let text: String
    private let parts: [[UInt8]]

    init(_ text: String) {
        self.text = text
        parts = Array(text.utf8).split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    func matches(_ name: String) -> Bool {
        var rest = Array(name.utf8)[...]
        guard let first = parts.first, let last = parts.last, rest.starts(with: first) else { return false }
        guard parts.count > 1 else { return rest.count == first.count }
        rest = rest.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            // The leftmost place leaves the most for what follows.
            guard rest.count >= part.count,
                let place = (rest.startIndex...(rest.endIndex - part.count)).first(where: { rest[$0...].starts(with: part) })
            else { return false }
            rest = rest[(place + part.count)...]
        }
        return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
    }
}
