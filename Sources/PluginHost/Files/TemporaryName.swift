internal import CLinux

/// A name that nobody else uses.
struct TemporaryName {
    static let prefix = ".new-"
    let name: String

    init?() {
        var number: UInt64 = 0
        guard withUnsafeMutableBytes(of: &number, { ambit_linux_random($0.baseAddress, $0.count) }) == 0 else { return nil }
        name = Self.prefix + String(number, radix: 16)
    }
}
