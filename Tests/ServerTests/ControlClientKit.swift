import CLinux
import Glibc
import JSON
import Scopes
import Testing

@testable import Server

/// A folder of its own for control sockets. Whoever makes it removes it.
struct ControlTestFolder {
    let folder: ControlFolder

    init() throws {
        var template = Array("/tmp/ambit-control.XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        folder = ControlFolder(path: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    func remove() { _ = system("rm -rf '\(folder.path)'") }

    var names: [String] { folder.sockets().map(\.path) }
}

/// A control client on a bare socket.
final class ControlTestClient {
    let descriptor: Int32
    private var pending: [UInt8] = []

    init(_ path: String) throws {
        descriptor = ambit_linux_local_connect(path, 5000)
        try #require(descriptor >= 0, "\(path): \(-descriptor)")
    }

    deinit { close(descriptor) }

    @discardableResult
    func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { ambit_linux_send(descriptor, $0.baseAddress, $0.count) } == bytes.count
    }

    /// The next line; nil at the end, or after five seconds.
    func line() -> JSONValue? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                defer { pending.removeFirst(end + 1) }
                return try? JSONDocument(Array(pending[..<end])).root
            }
            guard ControlClient.wait(for: descriptor, by: Monotonic.now() + 5_000_000_000, nil) == .readable else { return nil }
            let count = ambit_linux_read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return nil }
            pending.append(contentsOf: buffer[..<count])
        }
    }

    func takeBack() { _ = ambit_linux_local_finish(descriptor) }
}
