internal import CLinux
internal import Glibc

/// SHA-256 in lower-case hexadecimal.
enum SHA256 {
    static func hex(_ bytes: [UInt8]) -> String {
        var hash = ambit_linux_sha256()
        ambit_linux_sha256_init(&hash)
        bytes.withUnsafeBytes { ambit_linux_sha256_update(&hash, $0.baseAddress, $0.count) }
        return finish(&hash)
    }

    /// Of a whole file; nil, with errno set, where it can't be read.
    static func hex(_ file: borrowing OpenFile) -> String? {
        var hash = ambit_linux_sha256()
        ambit_linux_sha256_init(&hash)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var offset: off_t = 0
        while true {
            let count = pread(file.descriptor, buffer.baseAddress, buffer.count, offset)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return finish(&hash) }
            ambit_linux_sha256_update(&hash, buffer.baseAddress, count)
            offset += off_t(count)
        }
    }

    private static func finish(_ hash: inout ambit_linux_sha256) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { digest in
            ambit_linux_sha256_final(&hash, digest.baseAddress)
            for byte in digest {
                text.append(digits[Int(byte >> 4)])
                text.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
