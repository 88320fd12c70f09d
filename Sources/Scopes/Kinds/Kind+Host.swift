/// The host's kinds beyond those that scopes themselves are made of.
extension Kind {
    package static let reply = Kind("reply", phase: .reap)
    /// What ends replies with the scope that was to answer them.
    package static let replyTarget = Kind("reply target", phase: .reap)
    package static let listener = Kind("listener", phase: .reap)
    package static let descriptor = Kind("descriptor", phase: .free)
    package static let temporaryDirectory = Kind("temporary directory", phase: .free)
    package static let arena = Kind("arena", phase: .free)
    package static let lease = Kind("lease", phase: .free)
}
