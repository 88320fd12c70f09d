internal import Scopes

/// The wait of a plugin for something of its own, of which there is one at a time. While it is under way the plugin's gate is entered: whoever takes
/// its callback leaves that.
final class OneWait<Function: Sendable>: Sendable {
    private let done = Lock<ForeignCallback<Function>?>(nil)
    private let instance: PluginInstance

    init(_ instance: PluginInstance) { self.instance = instance }

    /// - Parameters:
    ///   - what: for the refusal, such as `an accept of this listener`.
    ///   - start: begins to wait, and names the wait; 0: it is refused. What ends it may come before this returns.
    func begin(_ callback: ForeignCallback<Function>, _ what: String, _ start: () -> UInt64) throws(Refusal) -> UInt64 {
        instance.gate.enter()
        let isFree = done.withLock { done -> Bool in
            guard done == nil else { return false }
            done = callback
            return true
        }
        let waiter = isFree ? start() : 0
        guard waiter != 0 else {
            if isFree { _ = take() }
            instance.gate.leave()
            throw .invalid("\(what) is under way: there is one at a time")
        }
        return waiter
    }

    /// Whoever gets it tells the plugin; nil: somebody else does.
    func take() -> ForeignCallback<Function>? { done.withLock { $0.take() } }
}
