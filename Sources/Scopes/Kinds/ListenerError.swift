internal import Glibc

/// An address can't be listened on.
package struct ListenerError: Error, Sendable, CustomStringConvertible {
    package let address: Listener.Address
    /// 0: see `refusal`.
    package let errorNumber: Int32
    package let text: String
    /// Its scope refuses it.
    package let refusal: AcquireError?

    init(address: Listener.Address, _ refusal: AcquireError) {
        self.address = address
        errorNumber = 0
        text = refusal.description
        self.refusal = refusal
    }

    init(address: Listener.Address, errorNumber: Int32, text: String?) {
        self.address = address
        refusal = nil
        self.errorNumber = errorNumber
        self.text = text ?? Self.text(errorNumber, address)
    }

    private static func text(_ number: Int32, _ address: Listener.Address) -> String {
        switch (number, address) {
        case (EINVAL, .tcp): "the address is numeric (127.0.0.1, ::1), the port 0 to 65535"
        case (ENAMETOOLONG, .local): "the path of a socket has at most 107 bytes"
        case (EADDRINUSE, .local): "somebody listens there, or it is not a socket"
        default: errorText(number)
        }
    }

    package var description: String {
        switch address {
        case .tcp(let host, let port): "\(host) port \(port) can't be listened on: \(text)"
        case .local(let path): "\(path) can't be listened on: \(text)"
        }
    }
}
