internal import CAmbit
internal import Scopes

/// `ambit.channel/1`.
enum ChannelExtension {
    static var table: ambit_host_channel {
        var table = ambit_host_channel()
        table.open = { scope, options, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginChannel.open(options, in: try ScopeEntry.find(scope))
            }
        }
        table.try_send = { channel, item, size, key in
            crossing { () throws(Refusal) in
                let result = try PluginChannel.find(channel).channel.trySend(
                    .init(pointer: item), bytes: Int(clamping: size), key: key)
                try ChannelExtension.check(result)
            }
        }
        table.send = { channel, item, size, key, context, done, waiter in
            crossing { () throws(Refusal) in
                let channel = try PluginChannel.find(channel)
                let done = try ForeignCallback(context, required: done, "done")
                let (result, id) = ChannelExtension.send(channel, .init(pointer: item), size, key, done)
                waiter?.pointee = id
                try ChannelExtension.check(result)
            }
        }
        table.try_receive = { handle, item, dropped in
            crossing { () throws(Refusal) in
                let item = try UnsafeMutablePointer.required(item, "item")
                let channel = try PluginChannel.find(handle)
                switch channel.channel.tryReceive() {
                case nil: throw Refusal(.empty, "nothing to receive now")
                case .element(let element, let lost):
                    item.pointee = element.pointer
                    dropped?.pointee = lost
                case .closed:
                    channel.forget(handle)
                    throw Refusal(.closed, "the channel is closed and drained")
                case .cancelled: throw Refusal(.cancelled, "the wait was cancelled")
                }
            }
        }
        table.receive = { handle, context, done, waiter in
            crossing { () throws(Refusal) in
                let channel = try PluginChannel.find(handle)
                let id = ChannelExtension.receive(channel, handle, try ForeignCallback(context, required: done, "done"))
                waiter?.pointee = id
            }
        }
        table.cancel_wait = { channel, waiter in
            crossing { () throws(Refusal) in
                guard try PluginChannel.find(channel).channel.cancelWait(waiter) else {
                    throw Refusal(.notFound, "this wait is done already")
                }
            }
        }
        table.finish = { channel in
            crossing { () throws(Refusal) in try PluginChannel.find(channel).channel.finish() }
        }
        table.close = { handle in
            crossing { () throws(Refusal) in
                let channel = try PluginChannel.find(handle)
                channel.channel.close()
                channel.forget(handle)
            }
        }
        return table
    }

    private static func check(_ result: Channel<PluginChannel.Item>.SendResult) throws(Refusal) {
        switch result {
        case .queued: return
        case .full: throw Refusal(.full, "the channel is full")
        case .closed: throw Refusal(.closed, "the channel takes nothing any more")
        case .cancelled: throw Refusal(.cancelled, "the wait was cancelled")
        }
    }

    private static func send(
        _ channel: PluginChannel, _ item: PluginChannel.Item, _ size: UInt64, _ key: UInt64,
        _ done: ForeignCallback<StatusFunction>
    ) -> (result: Channel<PluginChannel.Item>.SendResult, waiter: UInt64) {
        let instance = channel.instance
        instance.gate.enter()
        let (result, waiter) = channel.channel.send(item, bytes: Int(clamping: size), key: key) { result in
            let status =
                switch result {
                case .queued: statusOK
                case .cancelled: Refusal.Status.cancelled.raw
                case .full, .closed: Refusal.Status.closed.raw
                }
            PluginJob.run(instance) { done.function(done.context, status) }
            instance.gate.leave()
        }
        // Only a waiting send keeps the promise to call `done`.
        if waiter == 0 { instance.gate.leave() }
        return (result, waiter)
    }

    private static func receive(
        _ channel: PluginChannel, _ handle: ambit_channel, _ done: ForeignCallback<ambit_channel_receive_done_function>
    ) -> UInt64 {
        let instance = channel.instance
        instance.gate.enter()
        return channel.channel.receive { received in
            PluginJob.run(instance) {
                switch received {
                case .element(let item, let dropped): done.function(done.context, statusOK, item.pointer, dropped)
                case .closed:
                    channel.forget(handle)
                    done.function(done.context, Refusal.Status.closed.raw, nil, 0)
                case .cancelled: done.function(done.context, Refusal.Status.cancelled.raw, nil, 0)
                }
            }
            instance.gate.leave()
        }
    }
}

/// `ambit_channel_receive_done`, which is imported as optional.
typealias ambit_channel_receive_done_function =
    @convention(c) (UnsafeMutableRawPointer?, ambit_status, UnsafeMutableRawPointer?, UInt64) -> Void
