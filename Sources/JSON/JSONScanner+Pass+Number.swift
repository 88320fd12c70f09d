extension JSONScanner.Pass {
    /// A number: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`, kept as text.
    @inline(__always)
    mutating func number(_ entries: inout [JSONTape.Entry]) throws(JSONError) {
        let start = at
        var flags = JSONTape.Entry.integer
        if byte(at) == UInt8(ascii: "-") { at &+= 1 }
        if at < end, byte(at) == UInt8(ascii: "0") {
            at &+= 1
            if at < end, byte(at) &- UInt8(ascii: "0") < 10 { throw JSONError(.invalidNumber, at: start) }
        } else {
            try digits(of: start)
        }
        if at < end, byte(at) == UInt8(ascii: ".") {
            flags = 0
            at &+= 1
            try digits(of: start)
        }
        if at < end, byte(at) | 0x20 == UInt8(ascii: "e") {
            flags = 0
            at &+= 1
            if at < end, byte(at) == UInt8(ascii: "+") || byte(at) == UInt8(ascii: "-") { at &+= 1 }
            try digits(of: start)
        }
        entries.append(.init(.number, offset: start, length: at &- start, next: entries.count &+ 1, flags: flags))
    }

    /// One digit or more.
    @inline(__always)
    private mutating func digits(of number: Int) throws(JSONError) {
        let first = at
        while at < end, byte(at) &- UInt8(ascii: "0") < 10 { at &+= 1 }
        guard at > first else {
            throw at < end ? JSONError(.invalidNumber, at: number) : JSONError(.unexpectedEnd, at: end)
        }
    }
}
