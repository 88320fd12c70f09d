internal import CLinux
internal import Glibc

/// The kind descriptor: an open file, socket or pipe that a scope owns and closes last, after its tasks have ended.
///
/// While work that could not be stopped may still use it, it is *parked* (S9): sockets are shut down, the number refers to /dev/null, and nobody
/// else can get that number before that work has ended.
public final class Descriptor: Resource, @unchecked Sendable {  // state is behind its lock
    /// Numbers that some scope of this process owns.
    private static let owned = Lock<Set<Int32>>([])

    /// For whoever uses it while the scope is open; never to be closed.
    package let number: Int32
    private let state = Lock(DescriptorState())

    private init(_ number: Int32, label: String) {
        self.number = number
        super.init(.descriptor, label: label)
    }

    fileprivate static func adopt(_ number: Int32, label: String, in scope: Scope) throws(DescriptorError) -> Descriptor {
        let flags = fcntl(number, F_GETFD)
        guard flags >= 0 else { throw .notOpen(number) }
        guard number > 2 else { throw .reserved(number) }
        guard owned.withLock({ $0.insert(number).inserted }) else { throw .owned(number) }
        let descriptor = Descriptor(number, label: label)
        do throws(AcquireError) { try scope.add(descriptor) } catch {
            owned.withLock { _ = $0.remove(number) }
            throw .refused(error)
        }
        _ = fcntl(number, F_SETFD, flags | FD_CLOEXEC)
        return descriptor
    }

    /// The number, for use until `giveBack`: it is not closed before that. Nil: it is closing.
    package func borrow() -> Int32? { state.withLock { $0.handle(.borrow) } == .borrowed ? number : nil }

    /// Ends one `borrow`.
    package func giveBack() { perform(.giveBack) }

    /// Closes it before its scope does; whoever waits in it (sockets) is woken. Idempotent.
    package func close() { perform(.close) }

    /// Takes it out of its scope: the number is the caller's to close from now on. Nil: it is closing, or somebody has borrowed it.
    package func disown() -> Int32? {
        guard state.withLock({ $0.handle(.disown) }) == .disowned else { return nil }
        Self.owned.withLock { _ = $0.remove(number) }
        ended()
        return number
    }

    private func perform(_ event: DescriptorState.Event) {
        switch state.withLock({ $0.handle(event) }) {
        case .close:
            // Free for the next owner before the system gives the number out again.
            Self.owned.withLock { _ = $0.remove(number) }
            let code = ambit_linux_close(number)
            ended(failure: code == 0 ? nil : "closing \(number): \(errorText(-code))")
        case .wake: ambit_linux_shutdown(number)
        case .park: if ambit_linux_park(number) != 0 { scope?.runtime.ledger.count("descriptors.unparked") }
        case .none, .borrowed, .refused, .disowned: break
        }
    }

    public override func free(_ reason: Reason) { perform(.close) }

    public override func undo(_ reason: Reason) { perform(.close) }

    public override func pin(_ reason: Reason) -> Bool {
        perform(.park)
        return true
    }

    public override func unpin(_ reason: Reason) { perform(.unpark) }

    public override func abandoned(_ reason: Reason) { perform(.abandon) }

    public override var describe: String {
        let state = state.withLock { $0 }
        return "number \(number)" + (state.isParked ? ", parked" : state.borrowers > 0 ? ", in use" : "")
    }
}

extension Scope {
    /// Makes the scope own an open descriptor, and sets its close-on-exec flag. When this throws, it stays the caller's.
    package func adopt(descriptor number: Int32, label: String = "") throws(DescriptorError) -> Descriptor {
        try Descriptor.adopt(number, label: label, in: self)
    }
}
