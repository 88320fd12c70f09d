import CAmbit

/// A channel of the fake host: capacity in items, overflow WAIT.
struct FakeChannel {
    struct Receiver {
        let id: UInt64
        let context: UnsafeMutableRawPointer?
        let done: ambit_channel_receive_done
    }

    let capacity: Int
    let destroy: @convention(c) (UnsafeMutableRawPointer?) -> Void
    var items: [UnsafeMutableRawPointer] = []
    var senders: [(item: UnsafeMutableRawPointer, sent: () -> Void)] = []
    var receivers: [Receiver] = []
    var isFinished = false
}
