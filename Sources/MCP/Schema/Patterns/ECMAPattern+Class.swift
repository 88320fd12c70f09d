extension ECMAPattern {
    /// `[…]`. PCRE2 takes `[]` and `[^]` as ECMA-262 does, but knows `[:alpha:]` besides, which is escaped away.
    mutating func characterClass() throws(PatternError) {
        let start = at
        at += 1
        put(UInt8(ascii: "["))
        if peek() == UInt8(ascii: "^") {
            at += 1
            put(UInt8(ascii: "^"))
        }
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "]"):
                at += 1
                put(UInt8(ascii: "]"))
                return
            case UInt8(ascii: "["):
                at += 1
                put(#"\["#)
            case UInt8(ascii: "\\"):
                _ = try escape(inClass: true)
            default:
                at += 1
                put(byte)
            }
        }
        throw wrong("this class has no ']'", at: start)
    }
}
