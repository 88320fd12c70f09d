internal import CAmbit
internal import Scopes

/// `ambit.bus/1`.
enum BusExtension {
    static var table: ambit_host_bus {
        var table = ambit_host_bus()
        table.publish = { host, topic, key, payload, session, error in
            crossing(error) { () throws(Refusal) in
                let instance = try HostExtensions.instance(host)
                instance.services.bus.publish(
                    topic: try Topic.published(try topic.string("topic"), by: instance), key: try key.string("key"),
                    payload: try payload.array("payload"), session: session)
            }
        }
        table.subscribe = { scope, options, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginSubscription.open(options, in: try ScopeEntry.find(scope))
            }
        }
        table.next = { handle, context, done, waiter in
            crossing { () throws(Refusal) in
                let subscription = try PluginSubscription.find(handle)
                let id = BusExtension.next(subscription, handle, try ForeignCallback(context, required: done, "done"))
                waiter?.pointee = id
            }
        }
        table.cancel_wait = { subscription, waiter in
            crossing { () throws(Refusal) in
                guard try PluginSubscription.find(subscription).subscription.cancelWait(waiter) else {
                    throw Refusal(.notFound, "this wait is done already")
                }
            }
        }
        table.close = { handle in
            crossing { () throws(Refusal) in
                let subscription = try PluginSubscription.find(handle)
                subscription.subscription.close()
                subscription.forget(handle)
            }
        }
        return table
    }

    private typealias Done = @convention(c) (UnsafeMutableRawPointer?, ambit_status, UnsafePointer<ambit_event>?) -> Void

    private static func next(
        _ subscription: PluginSubscription, _ handle: ambit_subscription, _ done: ForeignCallback<Done>
    ) -> UInt64 {
        let instance = subscription.instance
        instance.gate.enter()
        return subscription.subscription.next { received in
            PluginJob.run(instance) {
                switch received {
                case .element(let event, let dropped):
                    event.withForeign(dropped: dropped) { done.function(done.context, statusOK, $0) }
                case .closed:
                    subscription.forget(handle)
                    done.function(done.context, Refusal.Status.closed.raw, nil)
                case .cancelled: done.function(done.context, Refusal.Status.cancelled.raw, nil)
                }
            }
            instance.gate.leave()
        }
    }
}

extension Event {
    /// Lends the event to a callback of a plugin.
    func withForeign(dropped: UInt64, _ body: (UnsafePointer<ambit_event>) -> Void) {
        var topic = topic
        var key = key
        topic.withUTF8 { topic in
            key.withUTF8 { key in
                payload.withUnsafeBytes { payload in
                    var event = ambit_event()
                    event.struct_size = UInt32(MemoryLayout<ambit_event>.size)
                    event.topic = ambit_text(borrowing: UnsafeRawBufferPointer(topic))
                    event.key = ambit_text(borrowing: UnsafeRawBufferPointer(key))
                    event.payload = ambit_bytes(borrowing: payload)
                    event.dropped = dropped
                    event.time_ns = time
                    body(&event)
                }
            }
        }
    }
}
