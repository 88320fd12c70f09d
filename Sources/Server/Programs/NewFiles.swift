import CLinux
import Glibc

/// Files that a command of ours makes for people. Nothing that exists is overwritten.
enum NewFiles {
    struct Failure: Error {
        let text: String
    }

    /// The folder that a file lies in, with those above it.
    static func makeFolder(of path: String) throws(Failure) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        try makeFolder(String(path[..<slash]))
    }

    static func makeFolder(_ path: String) throws(Failure) {
        var at = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            at += "/\(part)"
            guard mkdir(at, 0o755) == 0 || errno == EEXIST else {
                throw Failure(text: "the folder \(at) can't be made: \(String(cString: strerror(errno)))")
            }
        }
    }

    static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else {
            let why = errno == EEXIST ? "it is there already; nothing was changed" : String(cString: strerror(errno))
            throw Failure(text: "\(path): \(why)")
        }
        defer { _ = ambit_linux_close(descriptor) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { ambit_linux_write(descriptor, $0.baseAddress! + offset, $0.count - offset) }
            guard count > 0 else { throw Failure(text: "\(path): it can't be written: \(String(cString: strerror(Int32(-count))))") }
            offset += count
        }
    }
}
