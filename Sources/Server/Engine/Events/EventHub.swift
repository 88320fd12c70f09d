import MCP
import PluginHost
import Scopes

/// Who is told of events: legacy sessions and listens alike. The one way for an event to travel.
protocol EventSubscriber: AnyObject, Sendable {
    /// Key of the session that it belongs to; nil: it sees what everybody sees.
    var sessionKey: UInt64? { get }
    /// Takes the event, or drops it where it is not wanted. Never blocks.
    func deliver(_ event: ServerEvent)
}

/// All subscribers of a server. Whoever publishes never waits for a client, and pays for those that are subscribed now only.
final class EventHub: Sendable {
    private let subscribers = Lock<[ObjectIdentifier: any EventSubscriber]>([:])

    var count: Int { subscribers.withLock { $0.count } }

    /// Until `remove`; twice is once.
    func add(_ subscriber: any EventSubscriber) { subscribers.withLock { $0[ObjectIdentifier(subscriber)] = subscriber } }

    func remove(_ subscriber: any EventSubscriber) {
        _ = subscribers.withLock { $0.removeValue(forKey: ObjectIdentifier(subscriber)) }
    }

    /// Once to each subscriber that sees the change.
    func publish(_ event: ServerEvent, to audience: Set<Catalog.Audience>) {
        let all = subscribers.withLock { Array($0.values) }
        let isForAll = audience.contains(.everybody)
        for subscriber in all where isForAll || subscriber.sessionKey.map({ audience.contains(.session($0)) }) ?? false {
            subscriber.deliver(event)
        }
    }
}
