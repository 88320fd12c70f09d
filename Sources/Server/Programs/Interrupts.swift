import CLinux
import Glibc
import Scopes

/// SIGINT, SIGTERM and SIGHUP as a descriptor that a waiting program can watch. Lives until the program ends.
final class Interrupts {
    let descriptor: Int32
    private let isSignals: Bool

    private static let numbers = [SIGINT, SIGTERM, SIGHUP]

    /// For a program without a reactor: call before the first thread exists.
    init() {
        _ = ambit_linux_signals_block(Self.numbers, Self.numbers.count)
        descriptor = ambit_linux_signals_open(Self.numbers, Self.numbers.count)
        isSignals = true
    }

    /// For one whose reactor gets the signals.
    init(_ reactor: Reactor) {
        let wakeup = ambit_linux_wakeup_create()
        descriptor = wakeup
        isSignals = false
        for number in Self.numbers { reactor.onSignal(number) { _ = ambit_linux_wakeup_signal(wakeup) } }
    }

    /// Forgets those that have come.
    func drain() {
        var signal = ambit_linux_signal()
        if isSignals {
            while ambit_linux_signals_read(descriptor, &signal) == 1 {}
        } else {
            _ = ambit_linux_wakeup_drain(descriptor)
        }
    }
}
