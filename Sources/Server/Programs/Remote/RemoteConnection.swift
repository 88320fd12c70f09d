import CLinux
import Glibc
import Transport

/// A connection to a server by HTTP or HTTPS, for one request: blocking, with time limits. Closed with its last reference.
final class RemoteConnection {
    let descriptor: Int32
    private let server: RemoteServer

    /// - Parameter seconds: for the connection, and for each wait of `get`.
    init(_ server: RemoteServer, seconds: Int = 5) throws(RemoteServer.Failure) {
        self.server = server
        let plain = try Self.connect(server, seconds: seconds)
        if server.isSecure {
            do throws(TLSTunnel.Failure) {
                descriptor = try TLSTunnel.open(plain, host: server.host, authorities: server.authorities, seconds: Int64(seconds))
            } catch {
                throw RemoteServer.Failure(description: "no TLS with \(server.authority): \(error)")
            }
            Self.limit(descriptor, seconds: seconds)
        } else {
            descriptor = plain
        }
    }

    deinit { _ = ambit_linux_close(descriptor) }

    func send(_ bytes: [UInt8]) throws(RemoteServer.Failure) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { ambit_linux_send(descriptor, $0.baseAddress! + offset, $0.count - offset) }
            guard count > 0 else { throw server.closed(unheard: true) }
            offset += count
        }
    }

    /// What has come; empty at the end. Throws where nothing comes within the limit.
    func receive(_ buffer: inout [UInt8], unheard: Bool) throws(RemoteServer.Failure) -> ArraySlice<UInt8> {
        let count = ambit_linux_read(descriptor, &buffer, buffer.count)
        if count == -Int(EAGAIN) { throw RemoteServer.Failure(description: "the server at \(server.authority) did not answer in time") }
        guard count >= 0 else { throw server.closed(ControlFolder.text(Int32(-count)), unheard: unheard) }
        if count == 0, unheard { throw server.closed(unheard: true) }
        return buffer[..<count]
    }

    /// Body of the answer to a GET, which must be 200.
    static func get(_ path: String, from server: RemoteServer, seconds: Int = 5) throws(RemoteServer.Failure) -> [UInt8] {
        let connection = try RemoteConnection(server, seconds: seconds)
        try connection.send(Array("GET \(path) HTTP/1.0\r\n\(server.head)Accept: */*\r\n\r\n".utf8))
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while answer.count < 64 << 20 {
            let piece = try connection.receive(&buffer, unheard: answer.isEmpty)
            if piece.isEmpty { break }
            answer.append(contentsOf: piece)
        }
        guard let head = try HTTPHead(answer, from: server) else { throw server.notHTTP(answer) }
        let body = Array(answer[head.size...])
        guard head.status == 200 else { throw server.refusal(head.status, body) }
        return body
    }

    private static func limit(_ descriptor: Int32, seconds: Int) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    private static func connect(_ server: RemoteServer, seconds: Int) throws(RemoteServer.Failure) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(server.host, "\(server.port)", &hints, &found) == 0, let first = found else {
            throw RemoteServer.Failure(description: "there is no host \(server.host)")
        }
        defer { freeaddrinfo(first) }
        var candidate: UnsafeMutablePointer<addrinfo>? = first
        while let info = candidate?.pointee {
            let descriptor = socket(info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), info.ai_protocol)
            if descriptor >= 0 {
                limit(descriptor, seconds: seconds)
                if Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return descriptor }
                _ = ambit_linux_close(descriptor)
            }
            candidate = info.ai_next
        }
        throw RemoteServer.Failure(
            description:
                "no server listens on \(server.host):\(server.port); start one with `ambit serve`, or give --url http://host:port")
    }
}
