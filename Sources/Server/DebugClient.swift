import Glibc

/// Fetches a page from a running server: one blocking request with a time limit, for the command line.
package enum DebugClient {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package struct Target: Sendable, Equatable {
        package let host: String
        package let port: Int

        /// As in a Host header.
        var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

        /// `http://host:port`, with or without a path, which is ignored.
        package init?(url: String) {
            guard url.lowercased().hasPrefix("http://") else { return nil }
            let rest = url.dropFirst(7)
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            if authority.hasPrefix("[") {
                guard let end = authority.firstIndex(of: "]") else { return nil }
                host = String(authority[authority.index(after: authority.startIndex)..<end])
                let tail = authority[authority.index(after: end)...]
                guard tail.isEmpty || tail.first == ":" else { return nil }
                guard let port = tail.isEmpty ? 80 : Int(tail.dropFirst()), 1...65535 ~= port else { return nil }
                self.port = port
            } else {
                let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
                guard let name = parts.first, !name.isEmpty, parts.count <= 2 else { return nil }
                host = String(name)
                guard let port = parts.count == 2 ? Int(parts[1]) : 80, 1...65535 ~= port else { return nil }
                self.port = port
            }
        }
    }

    static func send(_ bytes: [UInt8], over descriptor: Int32, to target: Target) throws(Failure) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress! + offset, $0.count - offset, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure(description: "the server at \(target.authority) closed the connection") }
            offset += count
        }
    }

    /// Body of the answer, which must be 200.
    package static func get(_ path: String, from target: Target, seconds: Int = 5) throws(Failure) -> [UInt8] {
        let descriptor = try connect(target, seconds: seconds)
        defer { close(descriptor) }
        let name = target.authority
        try send(Array("GET \(path) HTTP/1.0\r\nHost: \(name)\r\nAccept: */*\r\n\r\n".utf8), over: descriptor, to: target)
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while answer.count < 64 << 20 {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(description: "the server at \(name) did not answer within \(seconds) s") }
            guard count > 0 else { break }
            answer.append(contentsOf: buffer[..<count])
        }
        let end: [UInt8] = Array("\r\n\r\n".utf8)
        guard answer.count > 12,
            let split = (0..<max(0, answer.count - 3)).first(where: { answer[$0] == 13 && answer[$0..<($0 + 4)].elementsEqual(end) })
        else { throw Failure(description: "what answers at \(name) is not an HTTP server") }
        let body = Array(answer[(split + 4)...])
        let status = String(decoding: answer[9..<12], as: UTF8.self)
        guard status == "200" else {
            throw Failure(
                description: "the server at \(name) answered \(status): \(String(decoding: body.prefix(200), as: UTF8.self))"
            )
        }
        return body
    }

    static func connect(_ target: Target, seconds: Int) throws(Failure) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(target.host, "\(target.port)", &hints, &found) == 0, let first = found else {
            throw Failure(description: "there is no host \(target.host)")
        }
        defer { freeaddrinfo(first) }
        var candidate: UnsafeMutablePointer<addrinfo>? = first
        while let info = candidate?.pointee {
            let descriptor = socket(info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), info.ai_protocol)
            if descriptor >= 0 {
                var limit = timeval(tv_sec: seconds, tv_usec: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
                setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
                if Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return descriptor }
                close(descriptor)
            }
            candidate = info.ai_next
        }
        throw Failure(
            description: "no server listens on \(target.host):\(target.port); start one with `ambit serve`, or give --url http://host:port")
    }
}
