/// One thing that was given up and may still run (S9). The scopes that it may touch know it until it ends: its own and those above.
final class Abandoned: Sendable {
    private struct State: Sendable {
        var hasEnded = false
        var pins: [Pin] = []
    }

    let resource: Resource
    private let state = Lock(State())

    init(_ resource: Resource) { self.resource = resource }

    var isRunning: Bool { state.withLock { !$0.hasEnded } }

    /// What is kept for it now.
    var pins: [Pin] { state.withLock { $0.pins } }

    /// Keeps something as it is until this ends; false when it has ended.
    func hold(_ pin: Pin) -> Bool {
        state.withLock { state in
            guard !state.hasEnded else { return false }
            state.pins.append(pin)
            return true
        }
    }

    /// It has ended after all.
    func end() {
        let pins = state.withLock { state -> [Pin] in
            state.hasEnded = true
            defer { state.pins = [] }
            return state.pins
        }
        for pin in pins { pin.drop() }
    }
}

/// What is kept for things that were given up and may still touch it (S9). Keeps itself alive through what holds it.
final class Pin: Sendable {
    private let release: @Sendable () -> Void
    /// What holds it, and one more while it is set up.
    private let holders = Lock(1)

    /// - Parameter release: what is done once nothing holds it any more; it keeps alive what it mentions.
    init(_ release: @escaping @Sendable () -> Void) { self.release = release }

    /// Held by everything that runs now; released at once when all of that has ended meanwhile.
    func settle(_ abandoned: [Abandoned]) {
        for one in abandoned {
            holders.withLock { $0 += 1 }
            if !one.hold(self) { drop() }
        }
        drop()
    }

    func drop() {
        let left = holders.withLock { holders in
            holders -= 1
            return holders
        }
        if left == 0 { release() }
    }
}
