private import Glibc

/// A TCP connection that is made, asked something, and closed, within a time.
struct LocalSocket: ~Copyable {
    private let descriptor: Int32

    static let milliseconds: Int32 = 500

    static func connects(to host: String, _ port: Int) -> Bool { LocalSocket(host, port) != nil }

    /// Nil where nobody takes the connection in time.
    init?(_ host: String, _ port: Int) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &list) == 0, let first = list else { return nil }
        defer { freeaddrinfo(first) }
        let made = socket(
            first.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard made >= 0 else { return nil }
        let result = connect(made, first.pointee.ai_addr, first.pointee.ai_addrlen)
        guard result == 0 || (errno == EINPROGRESS && Self.isReady(made, Int16(POLLOUT)) && Self.error(made) == 0) else {
            close(made)
            return nil
        }
        descriptor = made
    }

    deinit { close(descriptor) }

    /// Sends a short text and reads what comes first.
    func ask(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return nil }
        guard Self.isReady(descriptor, Int16(POLLIN)) else { return nil }
        var answer = [UInt8](repeating: 0, count: 512)
        let count = recv(descriptor, &answer, answer.count, 0)
        return count > 0 ? String(decoding: answer[..<count], as: UTF8.self) : nil
    }

    private static func isReady(_ descriptor: Int32, _ events: Int16) -> Bool {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        return poll(&entry, 1, milliseconds) == 1
    }

    private static func error(_ descriptor: Int32) -> Int32 {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno
    }
}
