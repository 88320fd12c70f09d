import CLinux
import Glibc

/// A file with a JSON Web Key Set.
enum KeyFile {
    struct Failure: Error {
        let text: String
    }

    private static let largest = 512 << 10

    static func read(_ path: String) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw Failure(text: "\(path): \(String(cString: strerror(errno)))") }
        defer { _ = ambit_linux_close(descriptor) }
        guard let bytes = SmallFile.read(descriptor, atMost: largest) else {
            throw Failure(text: "\(path): it can't be read, or is larger than \(ByteCountText.write(largest))")
        }
        return bytes
    }
}
