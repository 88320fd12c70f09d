import CLinux
import Glibc

/// Reads files that have a largest size.
enum SmallFile {
    /// The rest of an open file; nil where it is larger or can't be read.
    static func read(_ descriptor: Int32, atMost limit: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { ambit_linux_read(descriptor, $0.baseAddress! + count, $0.count - count) }
            guard got >= 0 else { return nil }
            if got == 0 { return Array(bytes[..<count]) }
            count += got
        }
        return nil
    }
}
