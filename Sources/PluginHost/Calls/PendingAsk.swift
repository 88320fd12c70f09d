internal import CAmbit
internal import JSON
internal import Synchronization

/// Questions of a handler that wait for the client. Whoever takes it tells the plugin, exactly once.
final class PendingAsk: Sendable {
    typealias Done = @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<UnsafePointer<ambit_answer>?>?, UInt64) -> Void

    let keys: [String]
    private let done: ForeignCallback<Done>
    private let isTaken = Atomic<Bool>(false)

    init(_ keys: [String], _ done: ForeignCallback<Done>) {
        self.keys = keys
        self.done = done
    }

    /// False: somebody else tells the plugin, or has told it.
    func take() -> Bool { !isTaken.exchange(true, ordering: .acquiringAndReleasing) }

    /// Calls the plugin. Missing answers count as cancelled.
    func tell(_ answers: [AskAnswer]) {
        let texts = TextArena(
            keys.indices.flatMap { index -> [String] in
                switch index < answers.count ? answers[index] : .cancelled {
                case .result(let value): [keys[index], String(decoding: value.compact, as: UTF8.self), ""]
                case .failed(let why): [keys[index], "", why]
                case .timedOut: [keys[index], "", "the client did not answer in time"]
                case .cancelled: [keys[index], "", "the call has ended"]
                }
            })
        let foreign = keys.indices.map { index in
            var answer = ambit_answer()
            answer.struct_size = UInt32(MemoryLayout<ambit_answer>.size)
            answer.status = (index < answers.count ? answers[index] : .cancelled).status
            answer.key = texts[index * 3]
            answer.result = texts[index * 3 + 1]
            answer.message = texts[index * 3 + 2]
            return answer
        }
        foreign.withUnsafeBufferPointer { foreign in
            let pointers = foreign.indices.map { index in foreign.baseAddress.map { $0 + index } }
            pointers.withUnsafeBufferPointer { done.function(done.context, $0.baseAddress, UInt64($0.count)) }
        }
        withExtendedLifetime(texts) {}
    }
}

extension AskAnswer {
    fileprivate var status: ambit_status {
        switch self {
        case .result: statusOK
        case .timedOut: Refusal.Status.timedOut.raw
        case .cancelled: Refusal.Status.cancelled.raw
        case .failed: Refusal.Status.failed.raw
        }
    }
}
