import Glibc
import NIOCore

/// Why a socket could not listen, in the words of the system.
package struct ListenError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ error: any Error) {
        guard let error = error as? IOError else {
            description = "\(error)"
            return
        }
        let text = String(cString: strerror(error.errnoCode))
        description = error.errnoCode == EADDRINUSE ? "\(text); choose another port, or 0 for any that is free" : text
    }
}
