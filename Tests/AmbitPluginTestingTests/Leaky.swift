import AmbitPlugin
import Glibc
import Synchronization

/// A plugin that leaves something behind, a way for each tool.
final class Leaky: Plugin {
    static let about = About(name: "leaky", version: "1.0.0", summary: "Leaves things behind.")

    /// Lets what ignores its cancellation go on, so that the test's process is clean afterwards.
    static let gate = Gate()

    private let host: Host
    private let kept = Mutex<[AnyObject]>([])

    init(host: Host) { self.host = host }

    var tools: [Tool] {
        Tool("leak_task", "A task that ignores its cancellation.") { call in
            try call.scope.spawn("stubborn") { await Leaky.gate.pass() }
            return .text("started")
        }
        Tool("leak_session", "A handle that nobody ends.", .session(idle: .seconds(3600))) { _, _ in .text("begun") }
        Tool("leak_timer", "A timer in the plugin's scope, a new one with each call.") { [host] _ in
            try host.scope.timer(every: .seconds(60), "poll") { _ in }
            return .text("started")
        }
        Tool("leak_descriptor", "A file that nobody closes.") { _ in
            .text("\(open("/dev/null", O_RDONLY))")
        }
        Tool("leak_self", "A reference cycle.") { _ in
            self.kept.withLock { $0.append(self) }
            return .text("kept")
        }
        Tool("leak_release", "A clean-up that fails.") { call in
            try call.scope.onClose("sorry") { _ in throw ToolError("can't") }
            return .text("registered")
        }
    }
}

/// Opens once, for tasks that don't look at their cancellation.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func pass() async {
        await withCheckedContinuation { waiter in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(waiter) }
                return state.isOpen
            }
            if isOpen { waiter.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume() }
    }
}
