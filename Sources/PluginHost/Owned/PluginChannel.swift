internal import CAmbit
internal import Scopes

/// A channel of a plugin: its items are the plugin's pointers, which the host only passes on.
final class PluginChannel: Sendable {
    struct Item: @unchecked Sendable {  // the plugin's; never read here, no lock needed
        let pointer: UnsafeMutableRawPointer?
    }

    let channel: Channel<Item>
    let instance: PluginInstance
    let entry: ScopeEntry

    private init(_ channel: Channel<Item>, _ entry: ScopeEntry) {
        self.channel = channel
        self.entry = entry
        instance = entry.instance
    }

    static func open(
        _ options: UnsafePointer<ambit_channel_options>?, in entry: ScopeEntry
    ) throws(Refusal) -> ambit_channel {
        let options = try Structs.read(options, "options")
        let overflow = try Overflow(foreign: options.overflow)
        let capacity = try Capacity(options.capacity, options.capacity_bytes)
        let instance = entry.instance
        var discard: (@Sendable (Item) -> Void)?
        if let destroy = options.destroy_item {
            let callback = ForeignCallback(nil, destroy)
            // Never from inside the plugin's own `send` or `close` (A8).
            discard = { item in
                PluginJob.afterwards(instance) { callback.function(item.pointer) }
            }
        }
        let channel = Channel<Item>(
            label: try options.label.string("options.label"), capacity: capacity.items, capacityBytes: capacity.bytes,
            overflow: overflow, executor: instance.executor, discard: discard)
        try entry.scope.addForPlugin(channel)
        do throws(Refusal) {
            return try entry.name(.channel, PluginChannel(channel, entry))
        } catch {
            channel.close()
            throw error
        }
    }

    static func find(_ handle: ambit_channel) throws(Refusal) -> PluginChannel {
        guard let channel = HandleTable.shared.object(handle, .channel, as: PluginChannel.self) else { throw .stale("channel") }
        return channel
    }

    /// A closed and drained channel keeps no name.
    func forget(_ handle: ambit_channel) { entry.forget(handle) }
}

/// Bounds of a queue that a plugin gave.
struct Capacity {
    let items: Int
    let bytes: Int

    init(_ items: UInt64, _ bytes: UInt64) throws(Refusal) {
        guard items >= 1, items <= 1 << 24 else { throw .invalid("options.capacity is \(items): it is 1 to \(1 << 24)") }
        self.items = Int(items)
        self.bytes = bytes == 0 ? .max : Int(clamping: bytes)
    }
}

extension Overflow {
    init(foreign raw: Int32) throws(Refusal) {
        guard let overflow = Overflow(rawValue: raw) else { throw .invalid("options.overflow is \(raw), which this host does not know") }
        self = overflow
    }
}
