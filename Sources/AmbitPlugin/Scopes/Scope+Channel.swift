extension Scope {
    /// Opens a bounded queue inside the plugin. It ends with the scope: receivers get `CancellationError` and what is queued is freed, unless it was
    /// finished or the scope ends normally; then they drain it.
    ///
    /// - Parameters:
    ///   - capacity: items, at least 1.
    ///   - bytes: sum of the items' sizes; nil: only items count.
    public func channel<T: Sendable>(
        of type: T.Type, capacity: Int, bytes: Int? = nil, overflow: Overflow = .wait, label: String = "channel"
    ) throws(AmbitError) -> Channel<T> {
        var options = ambit_channel_options()
        options.struct_size = UInt32(MemoryLayout<ambit_channel_options>.size)
        options.overflow = overflow.rawValue
        options.capacity = UInt64(max(1, capacity))
        options.capacity_bytes = UInt64(max(0, bytes ?? 0))
        options.destroy_item = { item in
            guard let item else { return }
            Unmanaged<AnyObject>.fromOpaque(item).release()
        }
        var channel: ambit_channel = 0
        try AmbitError.check { error in
            label.withAmbitText { label in
                options.label = label
                return runtime.tables.channel.open(handle, &options, &channel, error)
            }
        }
        return Channel(handle: channel, runtime: runtime)
    }
}
