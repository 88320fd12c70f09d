internal import Scopes

/// The hosts that are made while `expectNoLeaks` runs its body.
final class LeakWatch: Sendable {
    @TaskLocal static var current: LeakWatch?

    private let made = Lock<[TestHost]>([])

    func add(_ host: TestHost) { made.withLock { $0.append(host) } }

    var hosts: [TestHost] { made.withLock { $0 } }
}
