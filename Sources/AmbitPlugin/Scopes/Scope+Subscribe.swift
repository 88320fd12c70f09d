extension Scope {
    /// Subscribes to a topic until the scope ends. In a session's scope only that session's events come, and those of no session.
    ///
    /// - Parameters:
    ///   - topic: one of this plugin's own, or "<plugin>/<topic>" with the permission `.foreignTopics`; a last "*" matches any ending.
    ///   - key: only events of this key; empty: all.
    ///   - overflow: `.dropOldest`, `.coalesce` or `.fail`: the publisher never waits.
    public func subscribe(
        _ topic: String, key: String = "", capacity: Int = 256, bytes: Int? = nil, overflow: Overflow = .dropOldest
    ) throws(AmbitError) -> Subscription {
        var options = ambit_subscribe_options()
        options.struct_size = UInt32(MemoryLayout<ambit_subscribe_options>.size)
        options.overflow = overflow.rawValue
        options.capacity = UInt64(max(1, capacity))
        options.capacity_bytes = UInt64(max(0, bytes ?? 0))
        var subscription: ambit_subscription = 0
        try AmbitError.check { error in
            topic.withAmbitText { topic in
                key.withAmbitText { key in
                    options.topic = topic
                    options.key = key
                    return runtime.tables.bus.subscribe(handle, &options, &subscription, error)
                }
            }
        }
        return Subscription(handle: subscription, runtime: runtime)
    }
}
