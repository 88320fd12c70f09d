extension JSONWriter {
    /// A string of these bytes in base64 (RFC 4648 section 4, with padding).
    package mutating func base64(_ data: UnsafeRawBufferPointer) {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let letters = alphabet.utf8Start
        separate()
        bytes.reserveCapacity(bytes.count + (data.count + 2) / 3 * 4 + 2)
        bytes.append(UInt8(ascii: "\""))
        var at = 0
        while at + 3 <= data.count {
            let group = UInt32(data[at]) << 16 | UInt32(data[at + 1]) << 8 | UInt32(data[at + 2])
            bytes.append(letters[Int(group >> 18)])
            bytes.append(letters[Int(group >> 12 & 63)])
            bytes.append(letters[Int(group >> 6 & 63)])
            bytes.append(letters[Int(group & 63)])
            at += 3
        }
        let left = data.count - at
        if left > 0 {
            let group = UInt32(data[at]) << 16 | (left == 2 ? UInt32(data[at + 1]) << 8 : 0)
            bytes.append(letters[Int(group >> 18)])
            bytes.append(letters[Int(group >> 12 & 63)])
            bytes.append(left == 2 ? letters[Int(group >> 6 & 63)] : UInt8(ascii: "="))
            bytes.append(UInt8(ascii: "="))
        }
        bytes.append(UInt8(ascii: "\""))
        complete()
    }

    package mutating func base64(_ data: [UInt8]) { data.withUnsafeBytes { base64($0) } }
}
