internal import CLinux
internal import Glibc

/// A descriptor that is closed with its owner.
struct OpenFile: ~Copyable, Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = ambit_linux_close(descriptor) }

    /// Nil, with errno set, where it can't be opened. Links are not followed.
    init?(_ name: String, in folder: borrowing OpenFile, _ flags: Int32 = O_RDONLY, mode: mode_t = 0) {
        let opened = openat(folder.descriptor, name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, mode)
        guard opened >= 0 else { return nil }
        descriptor = opened
    }

    /// By a path whose links are followed.
    init?(reading path: String) {
        let opened = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard opened >= 0 else { return nil }
        descriptor = opened
    }

    var facts: ambit_linux_file_facts? {
        var facts = ambit_linux_file_facts()
        return ambit_linux_fd_facts(descriptor, &facts) == 0 ? facts : nil
    }

    /// Where it is now, without links; nil where nothing leads to it.
    var path: String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            let count = readlink("/proc/self/fd/\(descriptor)", buffer.baseAddress!, buffer.count)
            guard count > 0 else { return nil }
            return String(validating: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]), as: UTF8.self)
        }
    }

    /// From its beginning, `limit` bytes at the most; nil, with errno set, on a failure.
    func bytes(limit: Int) -> [UInt8]? {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit, 64 << 10))
        while result.count < limit {
            let wanted = min(chunk.count, limit - result.count)
            let count = chunk.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, wanted, off_t(result.count)) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            result.append(contentsOf: chunk[..<count])
        }
        return result
    }

    /// False, with errno set, on a failure.
    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { ambit_linux_write(descriptor, $0.baseAddress! + sent, $0.count - sent) }
            guard count > 0 else {
                errno = Int32(-count)
                return false
            }
            sent += count
        }
        return true
    }

    /// Names in a folder, without "." and ".."; nil, with errno set, on a failure or for a name that is not UTF-8.
    func names() -> [String]? {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { return nil }
        guard let stream = fdopendir(copy) else {
            close(copy)
            return nil
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(validating: UnsafeRawBufferPointer(rebasing: bytes.prefix { $0 != 0 }), as: UTF8.self)
            }
            guard let name else {
                errno = EILSEQ
                return nil
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

/// Text for an errno.
func systemText(_ code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
        String(cString: ambit_linux_error_text(code, buffer.baseAddress, buffer.count))
    }
}
