/// JSON as editors' configuration has it: with comments, and with commas behind the last of a list.
enum JSONWithComments {
    /// The same as JSON.
    static func stripped(_ text: String) -> String {
        let source = Array(text.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(source.count)
        var at = 0
        while at < source.count {
            let byte = source[at]
            let next = at + 1 < source.count ? source[at + 1] : 0
            if byte == UInt8(ascii: "\"") {
                let end = endOfString(source, at)
                out += source[at..<end]
                at = end
            } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "/") {
                while at < source.count, source[at] != UInt8(ascii: "\n") { at += 1 }
            } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
                at += 2
                while at + 1 < source.count, source[at] != UInt8(ascii: "*") || source[at + 1] != UInt8(ascii: "/") { at += 1 }
                at = min(at + 2, source.count)
            } else {
                if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { dropComma(&out) }
                out.append(byte)
                at += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func endOfString(_ source: [UInt8], _ start: Int) -> Int {
        var at = start + 1
        while at < source.count, source[at] != UInt8(ascii: "\"") { at += source[at] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(at + 1, source.count)
    }

    private static func dropComma(_ out: inout [UInt8]) {
        guard let last = out.lastIndex(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }), out[last] == UInt8(ascii: ",") else { return }
        out.remove(at: last)
    }
}
