import CLinux
import Glibc
import JSON

/// A control connection of the command line: one request, then what the server says. Waits with deadlines only, and ends at a signal
/// where signals are watched.
final class ControlClient {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    enum Heard {
        case line(JSONValue)
        /// The server closed the connection.
        case end
        case timedOut
        /// A signal came.
        case interrupted
    }

    private let descriptor: Int32
    private let name: String
    private var received: [UInt8] = []
    /// Bytes of `received` in which there is no line break.
    private var scanned = 0

    /// What one line may have: the tree of a busy server.
    private static let limit = 1 << 30

    /// - Parameter milliseconds: how long to wait for a place in the server's queue.
    init(path: String, milliseconds: Int32 = 5000) throws(Failure) {
        name = path
        descriptor = ambit_linux_local_connect(path, milliseconds)
        guard descriptor >= 0 else {
            throw Failure(
                description: descriptor == -ECONNREFUSED || descriptor == -ENOENT
                    ? "no server listens on \(path)" : "can't connect to \(path): \(ControlFolder.text(-descriptor))")
        }
    }

    /// - Parameter descriptor: connected; its own from here on.
    init(_ descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    deinit { _ = ambit_linux_close(descriptor) }

    func send(_ line: [UInt8]) throws(Failure) {
        let bytes = line + [0x0A]
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { ambit_linux_send(descriptor, $0.baseAddress! + offset, $0.count - offset) }
            guard count > 0 else {
                throw Failure(description: "the server at \(name) does not take the request: \(ControlFolder.text(Int32(-count)))")
            }
            offset += count
        }
    }

    /// Takes the request back; the server's last line still comes.
    func takeBack() { _ = ambit_linux_local_finish(descriptor) }

    /// - Parameters:
    ///   - deadline: CLOCK_MONOTONIC, nanoseconds; nil: none.
    ///   - interrupts: end the wait.
    func next(by deadline: Int64?, interrupts: Interrupts? = nil) throws(Failure) -> Heard {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            if let line = takeLine() {
                guard let document = try? JSONDocument(line, limits: JSONLimits(maxDepth: 1 << 20, maxBytes: Self.limit)) else {
                    throw Failure(description: "the server at \(name) says what is not JSON")
                }
                return .line(document.root)
            }
            guard received.count < Self.limit else { throw Failure(description: "the server at \(name) says too much") }
            switch Self.wait(for: descriptor, by: deadline, interrupts) {
            case .timedOut: return .timedOut
            case .interrupted: return .interrupted
            case .readable: break
            }
            let count = ambit_linux_read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw Failure(description: "the server at \(name) is gone: \(ControlFolder.text(Int32(-count)))") }
            if count == 0 { return .end }
            received.append(contentsOf: buffer[..<count])
        }
    }

    private func takeLine() -> [UInt8]? {
        guard let end = received[scanned...].firstIndex(of: 0x0A) else {
            scanned = received.count
            return nil
        }
        let line = Array(received[..<end])
        received.removeFirst(end + 1)
        scanned = 0
        return line
    }

    enum Readiness { case readable, timedOut, interrupted }

    static func wait(for descriptor: Int32, by deadline: Int64?, _ interrupts: Interrupts?) -> Readiness {
        while true {
            var milliseconds: Int32 = -1
            if let deadline {
                let rest = deadline - ambit_linux_now()
                if rest <= 0 { return .timedOut }
                milliseconds = Int32(min(rest / 1_000_000 + 1, 1_000_000))
            }
            var watched = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: interrupts?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&watched, 2, milliseconds) > 0 else { continue }
            if watched[1].revents != 0 {
                interrupts?.drain()
                return .interrupted
            }
            if watched[0].revents != 0 { return .readable }
        }
    }

    /// One request with one answer: the result, or what the server says is wrong.
    static func ask(_ path: String, _ request: [UInt8], seconds: Int64 = 10) throws(Failure) -> JSONValue {
        let client = try ControlClient(path: path)
        try client.send(request)
        let deadline = ambit_linux_now() + seconds * 1_000_000_000
        while true {
            switch try client.next(by: deadline) {
            case .line(let line):
                if let result = line["result"] { return result }
                if let error = line["error"] { throw Failure(description: error["message"]?.string ?? "the server refused the request") }
            case .end, .interrupted: throw Failure(description: "the server at \(path) closed the connection without an answer")
            case .timedOut: throw Failure(description: "the server at \(path) did not answer within \(seconds) s")
            }
        }
    }
}
