import CAmbit

@testable import AmbitPlugin

/// The function tables of the fake host. Static, as in a real host.
enum FakeTables {
    nonisolated(unsafe) static let all: [String: UnsafeMutableRawPointer] = [  // read-only
        AMBIT_EXT_SCOPE: table(scope), AMBIT_EXT_CALL: table(call), AMBIT_EXT_CONTEXT: table(context), AMBIT_EXT_TASK: table(task),
        AMBIT_EXT_TIMER: table(timer), AMBIT_EXT_CHANNEL: table(channel), AMBIT_EXT_BUS: table(bus),
        AMBIT_EXT_SESSION: table(session), AMBIT_EXT_VALUE: table(value), AMBIT_EXT_LOG: table(log),
    ]

    private static func table<T: BitwiseCopyable>(_ value: T) -> UnsafeMutableRawPointer {
        let copy = UnsafeMutablePointer<T>.allocate(capacity: 1)
        copy.initialize(to: value)
        copy.withMemoryRebound(to: UInt32.self, capacity: 1) { $0.pointee = UInt32(MemoryLayout<T>.size) }
        return UnsafeMutableRawPointer(copy)
    }

    private static func status(_ status: Status) -> ambit_status { status.rawValue }
    private static let stale = Status.staleHandle.rawValue
    private static let ok = Status.ok.rawValue

    private static let scope = ambit_host_scope(
        struct_size: 0, reserved: 0,
        open: { _, _, _, _ in Status.unsupported.rawValue },
        close: { _, _, _, _, _ in Status.denied.rawValue },
        state: { scope, out in
            guard let host = FakeHost.of(scope) else { return stale }
            out?.pointee = host.with { $0.closedScopes.isEmpty } ? 0 : 1
            return ok
        },
        on_close: { _, _, _, _ in Status.unsupported.rawValue },
        finished: { _, _ in ok },
        remove: { _ in ok },
        cleanup: { _, _, _, _ in Status.unsupported.rawValue },
        promote: { _, _, _ in Status.unsupported.rawValue },
        release_wait: { _, _, _ in Status.unsupported.rawValue })

    private static let task = ambit_host_task(
        struct_size: 0, reserved: 0,
        post: { handle, context, job in
            guard let host = FakeHost.of(handle), let job else { return Status.closed.rawValue }
            return host.thread.post { job(context) } ? ok : Status.closed.rawValue
        },
        spawn: { _, _, _, _ in Status.unsupported.rawValue },
        adopt: { scope, options, out, _ in
            guard let host = FakeHost.of(scope), let options else { return stale }
            if host.with({ !$0.closedScopes.isEmpty }) { return Status.closed.rawValue }
            let handle = host.next()
            let copy = FakeHost.Unsent(options.pointee)
            host.with { $0.tasks[handle] = copy.value }
            out?.pointee = handle
            return ok
        },
        finished: { task in
            guard let host = FakeHost.of(task) else { return stale }
            let options = host.with { FakeHost.Unsent($0.tasks.removeValue(forKey: task)) }.value
            guard let options else { return stale }
            host.thread.post { options.destroyed?(options.context) }
            return ok
        },
        cancel: { task in
            guard let host = FakeHost.of(task) else { return stale }
            let options = host.with { FakeHost.Unsent($0.tasks[task]) }.value
            guard let options else { return stale }
            host.thread.post { options.cancel?(options.context, nil) }
            return ok
        })

    private static let timer = ambit_host_timer(
        struct_size: 0, reserved: 0,
        now: { _ in 42 },
        start: { scope, options, out, _ in
            guard let host = FakeHost.of(scope), let options else { return stale }
            if host.with({ !$0.closedScopes.isEmpty }) { return Status.closed.rawValue }
            let handle = host.next()
            let timer = FakeHost.Unsent(FakeHost.Timer(delay: options.pointee.delay_ns, options: options.pointee))
            let watchers = host.with { state in
                state.timers[handle] = timer.value
                defer { state.timerWatchers = [] }
                return FakeHost.Unsent(state.timerWatchers)
            }.value
            out?.pointee = handle
            for watcher in watchers { watcher() }
            return ok
        },
        cancel: { handle in
            guard let host = FakeHost.of(handle) else { return stale }
            let timer = host.with { FakeHost.Unsent($0.timers.removeValue(forKey: handle)) }.value
            guard let timer else { return stale }
            host.thread.post { timer.options.destroyed?(timer.options.context) }
            return ok
        })

    private static let context = ambit_host_context(
        struct_size: 0, reserved: 0,
        get: { call, out in
            guard let host = FakeHost.of(call), let out, host.with({ $0.arguments[call] != nil }) else { return stale }
            out.pointee.era = Int32(AMBIT_ERA_MODERN)
            out.pointee.deadline_ns = .max
            return ok
        })

    private static let call = ambit_host_call(
        struct_size: 0, reserved: 0,
        info: { call, out in
            guard let host = FakeHost.of(call), let out, host.with({ $0.arguments[call] != nil }) else { return stale }
            out.pointee.scope = host.handle | 2
            out.pointee.log_level = Int32(AMBIT_LOG_INFO)
            out.pointee.wants_progress = 1
            return ok
        },
        progress: { call, progress, _, _ in
            FakeHost.of(call)?.with { $0.progress.append(progress) }
            return ok
        },
        log: { call, _, _, data in
            guard let host = FakeHost.of(call) else { return stale }
            let text = String(data)
            return host.with { state in
                guard state.room > 0 else { return Status.full.rawValue }
                state.room -= 1
                state.logged.append(text)
                return ok
            }
        },
        writable: { call, context, ready in
            guard let host = FakeHost.of(call), let ready else { return stale }
            let context = FakeHost.Unsent(context)
            host.with { state in state.writable.append { ready(context.value, ok) } }
            return ok
        },
        finish: { call, result, _ in
            guard let host = FakeHost.of(call), let result else { return stale }
            var finished = FakeHost.Finished(
                texts: [], structured: String(result.pointee.structured), isError: result.pointee.is_error != 0)
            for index in 0..<Int(result.pointee.content_count) {
                finished.texts.append(String(result.pointee.content[index]!.pointee.text))
            }
            let waiter = host.with { [finished] state in
                if state.finished[call] != nil { state.secondFinishes += 1 }
                state.finished[call] = finished
                return FakeHost.Unsent(state.waiters.removeValue(forKey: call))
            }.value
            waiter?(finished)
            return ok
        },
        fail: { _, _, _, _, _ in ok },
        disconnect: { call, retry, _ in
            guard let host = FakeHost.of(call) else { return stale }
            return host.with { state in
                guard state.comesBack else { return Status.unsupported.rawValue }
                state.disconnects.append(retry)
                return ok
            }
        })

    private static let channel = ambit_host_channel(
        struct_size: 0, reserved: 0,
        open: { scope, options, out, _ in
            guard let host = FakeHost.of(scope), let options else { return stale }
            let handle = host.next()
            let channel = FakeHost.Unsent(
                FakeChannel(capacity: Int(options.pointee.capacity), destroy: options.pointee.destroy_item))
            host.with { $0.channels[handle] = channel.value }
            out?.pointee = handle
            return ok
        },
        try_send: { channel, item, _, _ in push(channel, item, nil) },
        send: { channel, item, _, _, context, done, waiter in
            let context = FakeHost.Unsent(context)
            let status = push(channel, item) { done?(context.value, ok) }
            // Sends that wait here are not cancelled by any test: the name only says that one waits.
            waiter?.pointee = status == Status.full.rawValue ? 1 : 0
            return status
        },
        try_receive: { channel, item, dropped in
            guard let host = FakeHost.of(channel) else { return stale }
            let (got, sent) = host.with { FakeHost.Unsent(pop(&$0, channel)) }.value
            if let sent { host.thread.post(sent) }
            guard let got else { return host.with { isFinished($0, channel) } ? Status.closed.rawValue : Status.empty.rawValue }
            item?.pointee = got
            dropped?.pointee = 0
            return ok
        },
        receive: { channel, context, done, waiter in
            guard let host = FakeHost.of(channel), let done else { return stale }
            let id = host.next()
            let receiver = FakeHost.Unsent(FakeChannel.Receiver(id: id, context: context, done: done))
            waiter?.pointee = id
            // Under one lock: an item that came since try_receive must not be overtaken by the next.
            let (got, sent, finished) = host.with { state in
                let (got, sent) = pop(&state, channel)
                let finished = isFinished(state, channel)
                if got == nil, !finished { state.channels[channel]?.receivers.append(receiver.value) }
                return FakeHost.Unsent((got, sent, finished))
            }.value
            if let sent { host.thread.post(sent) }
            let item = FakeHost.Unsent(got)
            if got != nil {
                host.thread.post { done(receiver.value.context, ok, item.value, 0) }
            } else if finished {
                host.thread.post { done(receiver.value.context, Status.closed.rawValue, nil, 0) }
            }
            return ok
        },
        cancel_wait: { channel, waiter in
            guard let host = FakeHost.of(channel) else { return stale }
            let receiver = host.with { state -> FakeHost.Unsent<FakeChannel.Receiver?> in
                guard let index = state.channels[channel]?.receivers.firstIndex(where: { $0.id == waiter }) else { return .init(nil) }
                return .init(state.channels[channel]?.receivers.remove(at: index))
            }.value
            guard let receiver else { return Status.notFound.rawValue }
            host.thread.post { receiver.done(receiver.context, Status.cancelled.rawValue, nil, 0) }
            return ok
        },
        finish: { channel in
            guard let host = FakeHost.of(channel) else { return stale }
            let receivers = host.with { state in
                state.channels[channel]?.isFinished = true
                defer { state.channels[channel]?.receivers = [] }
                return FakeHost.Unsent(state.channels[channel]?.receivers ?? [])
            }.value
            for receiver in receivers {
                host.thread.post { receiver.done(receiver.context, Status.closed.rawValue, nil, 0) }
            }
            return ok
        },
        close: { _ in ok })

    private static func isFinished(_ state: FakeHost.State, _ channel: UInt64) -> Bool {
        state.channels[channel]?.isFinished ?? true
    }

    /// The first item, and the sender for whom there is room now.
    private static func pop(_ state: inout FakeHost.State, _ channel: UInt64) -> (UnsafeMutableRawPointer?, (() -> Void)?) {
        guard let first = state.channels[channel]?.items.first else { return (nil, nil) }
        state.channels[channel]?.items.removeFirst()
        guard let sender = state.channels[channel]?.senders.first else { return (first, nil) }
        state.channels[channel]?.senders.removeFirst()
        state.channels[channel]?.items.append(sender.item)
        return (first, sender.sent)
    }

    /// Queues an item, hands it to a waiting receiver, or keeps its sender waiting.
    private static func push(_ channel: UInt64, _ item: UnsafeMutableRawPointer?, _ sent: (() -> Void)?) -> ambit_status {
        guard let host = FakeHost.of(channel), let item else { return stale }
        let boxed = FakeHost.Unsent((item, sent))
        let (receiver, status) = host.with { state -> FakeHost.Unsent<(FakeChannel.Receiver?, Status)> in
            guard let queue = state.channels[channel], !queue.isFinished else { return .init((nil, .closed)) }
            if !queue.receivers.isEmpty { return .init((state.channels[channel]?.receivers.removeFirst(), .ok)) }
            if queue.items.count < queue.capacity {
                state.channels[channel]?.items.append(boxed.value.0)
                return .init((nil, .ok))
            }
            if let sent = boxed.value.1 { state.channels[channel]?.senders.append((boxed.value.0, sent)) }
            return .init((nil, .full))
        }.value
        if let receiver {
            let unsent = FakeHost.Unsent(item)
            host.thread.post { receiver.done(receiver.context, ok, unsent.value, 0) }
        }
        return status.rawValue
    }

    private static let bus = ambit_host_bus(
        struct_size: 0, reserved: 0,
        publish: { _, _, _, _, _, _ in ok },
        subscribe: { _, _, _, _ in Status.unsupported.rawValue },
        next: { _, _, _, _ in stale },
        cancel_wait: { _, _ in stale },
        close: { _ in ok })

    private static let session = ambit_host_session(
        struct_size: 0, reserved: 0,
        find: { _, _, _, _ in Status.notFound.rawValue },
        find_or_mint: { call, handle, idle, out, _ in
            guard let host = FakeHost.of(call), let out else { return stale }
            let given = String(handle)
            guard given.isEmpty || host.with({ $0.minted.contains(given) }) else { return Status.notFound.rawValue }
            let name = given.isEmpty ? "h\(host.with { $0.minted.count } + 1)" : given
            if given.isEmpty { host.with { $0.minted.append(name) } }
            out.pointee.kind = Int32(AMBIT_SESSION_HANDLE)
            out.pointee.scope = host.handle | 3
            out.pointee.key = 9
            out.pointee.idle_ns = idle == 0 ? 4 * 3600 * 1_000_000_000 : idle
            writeCText(name, to: &out.pointee.handle)
            return ok
        },
        release: { _, _, _ in ok })

    private static func value(_ call: UInt64, _ index: UInt32) -> FakeValue? {
        let all = FakeHost.of(call)?.with { $0.arguments[call] } ?? []
        return Int(index) < all.count ? all[Int(index)] : nil
    }

    private static let value = ambit_host_value(
        struct_size: 0, reserved: 0,
        kind: { call, index, out in
            guard let value = value(call, index) else { return stale }
            out?.pointee = value.kind
            return ok
        },
        member: { call, index, key, out in
            guard let value = value(call, index) else { return stale }
            let key = String(key)
            guard let child = value.children.last(where: { $0.key.map { JSON.unescape($0.string) } == key }) else {
                return Status.notFound.rawValue
            }
            out?.pointee = child.index
            return ok
        },
        count: { call, index, out in
            guard let value = value(call, index) else { return stale }
            out?.pointee = UInt64(value.children.count)
            return ok
        },
        at: { call, index, place, out, key in
            guard let value = value(call, index), Int(place) < value.children.count else { return stale }
            let child = value.children[Int(place)]
            out?.pointee = child.index
            if let text = child.key?.text { key?.pointee = text }
            return ok
        },
        boolean: { call, index, out in
            guard case .bool(let bool)? = value(call, index)?.json else { return Status.invalidArgument.rawValue }
            out?.pointee = bool ? 1 : 0
            return ok
        },
        integer: { call, index, out in
            switch value(call, index)?.json {
            case .int(let int)?: out?.pointee = int
            case .double(let double)?:
                guard let int = Int64(exactly: double) else { return Status.invalidArgument.rawValue }
                out?.pointee = int
            default: return Status.invalidArgument.rawValue
            }
            return ok
        },
        number: { call, index, out in
            switch value(call, index)?.json {
            case .int(let int)?: out?.pointee = Double(int)
            case .double(let double)?: out?.pointee = double
            default: return Status.invalidArgument.rawValue
            }
            return ok
        },
        string: { call, index, buffer, capacity, size in
            guard case .string(let string)? = value(call, index)?.json else { return Status.invalidArgument.rawValue }
            let bytes = Array(string.utf8)
            size?.pointee = UInt64(bytes.count)
            if let buffer, UInt64(bytes.count) <= capacity {
                for (offset, byte) in bytes.enumerated() { buffer[offset] = CChar(bitPattern: byte) }
            }
            return ok
        },
        raw: { call, index, out in
            guard let value = value(call, index) else { return stale }
            out?.pointee = value.raw.text
            return ok
        })

    private static let log = ambit_host_log(
        struct_size: 0, reserved: 0, enabled: { _, _ in 0 }, write: { _, _, _, _, _ in })
}
