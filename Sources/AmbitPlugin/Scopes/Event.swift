/// An event of the bus.
public struct Event: Equatable, Sendable {
    /// The full name: "<plugin>/<topic>".
    public let topic: String
    public let key: String
    public let payload: [UInt8]
    /// Events lost right before this one.
    public let dropped: UInt64
    /// Nanoseconds since the Unix epoch.
    public let time: Int64

    /// The payload as UTF-8.
    public var text: String { String(decoding: payload, as: UTF8.self) }

    init(_ event: ambit_event) {
        topic = String(event.topic)
        key = String(event.key)
        payload = [UInt8](event.payload)
        dropped = event.dropped
        time = event.time_ns
    }
}
