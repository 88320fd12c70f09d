internal import CAmbit
internal import JSON
internal import MCP
internal import Scopes

/// Questions to the client while the handler runs (A12).
extension Call {
    /// Questions of one call that wait at once.
    static let maximalAsks = 16

    /// `ambit_host_ask.ask`.
    func ask(
        _ items: UnsafePointer<UnsafePointer<ambit_ask_item>?>?, _ count: UInt64, _ done: ForeignCallback<PendingAsk.Done>
    ) throws(Refusal) {
        guard handler.kind.canAsk else { throw Refusal(.unsupported, "a completion can't ask the client") }
        let requests = try Self.requests(items, count)
        let pending = PendingAsk(requests.map(\.key), done)
        enum Outcome { case closed, tooMany, twice(String), asked(any CallSink) }
        let outcome = core.withLock { core -> Outcome in
            guard !core.machine.hasOutcome, let sink = core.sink else { return .closed }
            guard core.asks.reduce(0, { $0 + $1.keys.count }) + requests.count <= Self.maximalAsks else { return .tooMany }
            let waiting = core.asks.flatMap(\.keys)
            if let key = pending.keys.first(where: { waiting.contains($0) }) { return .twice(key) }
            core.asks.append(pending)
            return .asked(sink)
        }
        switch outcome {
        case .closed: throw Refusal(.closed, "the call has ended")
        case .tooMany:
            throw Refusal(
                .overQuota, "\(Self.maximalAsks) questions of one call may wait for the client at once", quota: "questions",
                detail: Int64(Self.maximalAsks))
        case .twice(let key): throw .invalid("items: the key '\(key)' is asked already")
        case .asked(let sink):
            plugin.gate.enter()
            do throws(AskRefusal) {
                try sink.ask(requests) { [self] answers in answered(pending, answers) }
            } catch {
                refused(pending, error)
                throw Refusal(error)
            }
        }
    }

    private static func requests(
        _ items: UnsafePointer<UnsafePointer<ambit_ask_item>?>?, _ count: UInt64
    ) throws(Refusal) -> [InputRequest] {
        guard count > 0, let items else { throw .invalid("items is empty: there is nothing to ask") }
        guard count <= UInt64(maximalAsks) else { throw .invalid("count is \(count): \(maximalAsks) questions are the most") }
        var requests: [InputRequest] = []
        for index in 0..<Int(count) {
            let item = try Structs.read(items[index], "item")
            let key = try item.key.string("item.key")
            guard (1...64).contains(key.utf8.count), key.utf8.allSatisfy(Self.isKeyByte) else {
                throw .invalid("items[\(index)].key is '\(key)': a key is [A-Za-z0-9_.-]{1,64}")
            }
            guard !requests.contains(where: { $0.key == key }) else { throw .invalid("items: the key '\(key)' is there twice") }
            guard let kind = AskKind(rawValue: item.kind) else {
                throw Refusal(.unsupported, "items[\(index)].kind is \(item.kind): unknown to this host")
            }
            let params = try RawJSON.value(item.params, "item.params")
            guard params.kind == .object else { throw .invalid("items[\(index)].params is no JSON object") }
            requests.append(InputRequest(key: key, kind: kind, params: params))
        }
        return requests
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private func answered(_ pending: PendingAsk, _ answers: [AskAnswer]) {
        guard pending.take() else { return }
        core.withLock { core in core.asks.removeAll { $0 === pending } }
        touch()
        plugin.deliver { pending.tell(answers) }
    }

    /// The client can't be asked this: the plugin is told so by the status, and may fail the call for that reason (-32021).
    private func refused(_ pending: PendingAsk, _ refusal: AskRefusal) {
        core.withLock { core in
            core.asks.removeAll { $0 === pending }
            if case .missingCapability = refusal { core.missing = refusal }
        }
        // Nobody else: the sink has refused it, and a call that has ended meanwhile has told the plugin.
        if pending.take() { plugin.gate.leave() }
    }

    /// The call has its outcome: who waits for the client is told.
    func endAsks() {
        let asks = core.withLock { core in
            defer { core.asks = [] }
            return core.asks
        }
        for pending in asks where pending.take() { plugin.deliver { pending.tell([]) } }
    }
}

extension Refusal {
    init(_ refusal: AskRefusal) {
        switch refusal {
        case .missingCapability: self.init(.unsupported, refusal.text, detail: Int64(ProtocolError.Code.missingCapability))
        case .version: self.init(.unsupported, refusal.text)
        case .malformed: self.init(.invalidArgument, refusal.text)
        case .tooMany: self.init(.overQuota, refusal.text, quota: "suspended calls")
        }
    }
}
