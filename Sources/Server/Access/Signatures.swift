import Glibc
import Scopes

/// The library that checks signatures, loaded only where a server is configured to: with what it stands on (OpenSSL) it takes
/// memory, and time to start, which a server without such tokens does not pay for. It stays loaded for the life of the process.
final class Signatures: Sendable {
    typealias Open =
        @convention(c) @Sendable (UnsafePointer<CChar>, UnsafePointer<UInt8>, Int, UnsafePointer<UInt8>?, Int) -> UnsafeMutableRawPointer?
    typealias Check =
        @convention(c) @Sendable (
            UnsafeMutableRawPointer, UnsafePointer<CChar>, UnsafePointer<UInt8>, Int, UnsafePointer<UInt8>, Int
        ) -> Int32
    typealias Close = @convention(c) @Sendable (UnsafeMutableRawPointer) -> Void

    private let open: Open
    private let check: Check
    private let close: Close

    static func load() throws(StartError) -> Signatures {
        guard let path = InstalledFiles.signatures else {
            throw StartError("tokens can't be checked: libAmbitSignatures.so was not found beside ambit or in ../lib/ambit")
        }
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw StartError("tokens can't be checked: \(path): \(String(cString: dlerror()))")
        }
        guard let open = dlsym(library, "ambit_signatures_open"), let check = dlsym(library, "ambit_signatures_check"),
            let close = dlsym(library, "ambit_signatures_close")
        else { throw StartError("tokens can't be checked: \(path) is not this version's") }
        return Signatures(
            open: unsafeBitCast(open, to: Open.self), check: unsafeBitCast(check, to: Check.self),
            close: unsafeBitCast(close, to: Close.self))
    }

    private init(open: @escaping Open, check: @escaping Check, close: @escaping Close) {
        self.open = open
        self.check = check
        self.close = close
    }

    /// Nil where the numbers are no such key.
    func key(type: String, first: [UInt8], second: [UInt8]) -> Key? {
        open(type, first, first.count, second, second.count).map { Key(self, $0) }
    }

    /// One key; given back with its last reference.
    final class Key: Sendable {
        private let library: Signatures
        private nonisolated(unsafe) let pointer: UnsafeMutableRawPointer  // immutable behind it

        fileprivate init(_ library: Signatures, _ pointer: UnsafeMutableRawPointer) {
            self.library = library
            self.pointer = pointer
        }

        deinit { library.close(pointer) }

        func accepts(_ signature: [UInt8], of message: [UInt8], algorithm: String) -> Bool {
            library.check(pointer, algorithm, message, message.count, signature, signature.count) == 1
        }
    }
}
