package import Scopes

extension Kind {
    /// An accepted HTTP connection.
    package static let connection = Kind("connection", phase: .reap)
    /// A client of a local socket.
    package static let control = Kind("control", phase: .reap)
}
