internal import CAmbit
internal import Scopes

/// A subscription of a plugin to topics of the bus.
final class PluginSubscription: Sendable {
    let subscription: Subscription
    let instance: PluginInstance
    let entry: ScopeEntry

    private init(_ subscription: Subscription, _ entry: ScopeEntry) {
        self.subscription = subscription
        self.entry = entry
        instance = entry.instance
    }

    static func open(
        _ options: UnsafePointer<ambit_subscribe_options>?, in entry: ScopeEntry
    ) throws(Refusal) -> ambit_subscription {
        let options = try Structs.read(options, "options")
        let overflow = try Overflow(foreign: options.overflow)
        guard overflow != .wait else {
            throw .invalid("options.overflow is AMBIT_OVERFLOW_WAIT: a publisher never waits; use DROP_OLDEST, COALESCE or FAIL")
        }
        let capacity = try Capacity(options.capacity, options.capacity_bytes)
        let topic = try Topic.subscribed(try options.topic.string("options.topic"), by: entry.instance)
        let key = try options.key.string("options.key")
        let subscription: Subscription
        do throws(AcquireError) {
            subscription = try entry.instance.services.bus.subscribe(
                in: entry.scope, topic: topic, key: key, session: entry.sessionKey, capacity: capacity.items,
                capacityBytes: capacity.bytes, overflow: overflow, executor: entry.instance.executor)
        } catch {
            throw Refusal(error)
        }
        do throws(Refusal) {
            return try entry.name(.subscription, PluginSubscription(subscription, entry))
        } catch {
            subscription.close()
            throw error
        }
    }

    static func find(_ handle: ambit_subscription) throws(Refusal) -> PluginSubscription {
        guard let subscription = HandleTable.shared.object(handle, .subscription, as: PluginSubscription.self) else {
            throw .stale("subscription")
        }
        return subscription
    }

    func forget(_ handle: ambit_subscription) { entry.forget(handle) }
}

/// Names of topics, like paths: "/<plugin>/<topic>" in full; a plugin names its own without that prefix.
enum Topic {
    static func published(_ topic: String, by instance: PluginInstance) throws(Refusal) -> String {
        try check(topic)
        guard !topic.hasPrefix("/"), !topic.hasSuffix("*") else {
            throw .invalid("the topic '\(topic)' must not begin with '/' or end with '*': a plugin publishes its own topics only")
        }
        return "/\(instance.name)/\(topic)"
    }

    static func subscribed(_ topic: String, by instance: PluginInstance) throws(Refusal) -> String {
        try check(topic)
        guard topic.hasPrefix("/") else { return "/\(instance.name)/\(topic)" }
        guard topic.hasPrefix("/\(instance.name)/") || instance.facts.allows(AMBIT_PERMISSION_FOREIGN_TOPICS) else {
            throw Refusal(
                .denied,
                "'\(topic)' belongs to another plugin: '\(instance.name)' needs AMBIT_PERMISSION_FOREIGN_TOPICS in its descriptor")
        }
        return topic
    }

    private static func check(_ topic: String) throws(Refusal) {
        guard !topic.isEmpty, topic.utf8.count <= 256, topic.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw .invalid("a topic is 1 to 256 bytes without spaces and control characters")
        }
    }
}
