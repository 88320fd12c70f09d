extension JSONScanner {
    /// The state of one scan: where it stands in the bytes.
    struct Pass {
        let base: UnsafeRawPointer
        let end: Int
        let maxDepth: Int
        var at = 0
        var innerWhitespace = false

        init(base: UnsafeRawPointer, end: Int, maxDepth: Int) {
            self.base = base
            self.end = end
            self.maxDepth = maxDepth
        }

        @inline(__always)
        func byte(_ position: Int) -> UInt8 { base.load(fromByteOffset: position, as: UInt8.self) }

        /// Moves to the next byte that is not white space, and says whether any was passed.
        @inline(__always)
        @discardableResult
        mutating func skipWhitespace() -> Bool {
            let start = at
            while at < end {
                let byte = byte(at)
                if byte > 0x20 || !(byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09) { break }
                at &+= 1
            }
            return at != start
        }

        /// The next byte inside a container, after white space.
        @inline(__always)
        mutating func significant() throws(JSONError) -> UInt8 {
            if skipWhitespace() { innerWhitespace = true }
            guard at < end else { throw JSONError(.unexpectedEnd, at: at) }
            return byte(at)
        }

        /// One document. An open container keeps its parent in `next`, so that no stack is needed.
        mutating func document(_ entries: inout [JSONTape.Entry]) throws(JSONError) {
            if end >= 3, byte(0) == 0xEF, byte(1) == 0xBB, byte(2) == 0xBF { throw JSONError(.byteOrderMark, at: 0) }
            skipWhitespace()
            guard at < end else { throw JSONError(.empty, at: at) }
            var parent = JSONTape.Entry.noParent
            var inObject = false
            var depth = 0

            while true {
                switch byte(at) {
                case UInt8(ascii: "\""):
                    try string(&entries)
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth &+= 1
                    guard depth <= maxDepth else { throw JSONError(.depthLimit, at: at) }
                    inObject = byte(at) == UInt8(ascii: "{")
                    let index = entries.count
                    entries.append(.init(inObject ? .object : .array, offset: at, length: 0, next: Int(parent)))
                    parent = UInt32(truncatingIfNeeded: index)
                    at &+= 1
                    let first = try significant()
                    if first != (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                        if inObject { try key(&entries) }
                        continue
                    }
                    (parent, inObject) = close(parent, &entries)
                    depth &-= 1
                case UInt8(ascii: "t"): try literal("true", .bool, JSONTape.Entry.truth, &entries)
                case UInt8(ascii: "f"): try literal("false", .bool, 0, &entries)
                case UInt8(ascii: "n"): try literal("null", .null, 0, &entries)
                case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number(&entries)
                default: throw JSONError(.unexpectedByte, at: at)
                }

                // A value is complete: go on beside it, or close what it stands in.
                climb: while true {
                    guard parent != JSONTape.Entry.noParent else {
                        skipWhitespace()
                        guard at == end else { throw JSONError(.trailingContent, at: at) }
                        return
                    }
                    entries[Int(parent)].countOne()
                    switch try significant() {
                    case UInt8(ascii: ","):
                        at &+= 1
                        _ = try significant()
                        if inObject { try key(&entries) }
                        break climb
                    case UInt8(ascii: "}") where inObject, UInt8(ascii: "]") where !inObject:
                        (parent, inObject) = close(parent, &entries)
                        depth &-= 1
                    default: throw JSONError(.unexpectedByte, at: at)
                    }
                }
            }
        }

        /// A member's key with its colon, up to the first byte of the value.
        @inline(__always)
        private mutating func key(_ entries: inout [JSONTape.Entry]) throws(JSONError) {
            guard byte(at) == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: at) }
            try string(&entries)
            guard try significant() == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: at) }
            at &+= 1
            _ = try significant()
        }

        /// Ends the innermost container behind its bracket, and gives the one around it.
        @inline(__always)
        private mutating func close(
            _ index: UInt32, _ entries: inout [JSONTape.Entry]
        ) -> (parent: UInt32, inObject: Bool) {
            at &+= 1
            let behind = UInt32(truncatingIfNeeded: entries.count)
            let length = UInt32(truncatingIfNeeded: at) &- entries[Int(index)].offset
            let parent = entries[Int(index)].next
            entries[Int(index)].length = length
            entries[Int(index)].next = behind
            guard parent != JSONTape.Entry.noParent else { return (parent, false) }
            return (parent, entries[Int(parent)].kind == .object)
        }

        private mutating func literal(
            _ text: StaticString, _ kind: JSONValue.Kind, _ flags: UInt32, _ entries: inout [JSONTape.Entry]
        ) throws(JSONError) {
            let length = text.utf8CodeUnitCount
            let start = at
            for position in 0..<length {
                guard start &+ position < end else { throw JSONError(.unexpectedEnd, at: end) }
                guard byte(start &+ position) == text.utf8Start[position] else {
                    throw JSONError(.invalidLiteral, at: start)
                }
            }
            at = start &+ length
            entries.append(.init(kind, offset: start, length: length, next: entries.count &+ 1, flags: flags))
        }
    }
}
