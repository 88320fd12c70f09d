/// The host, as one instance of a plugin sees it.
public struct Host: Sendable {
    let runtime: HostRuntime

    /// The plugin's own scope: it ends with this generation of the plugin.
    public let scope: Scope

    init(_ runtime: HostRuntime) {
        self.runtime = runtime
        scope = Scope(handle: runtime.scope, runtime: runtime)
    }

    /// The host's log, for operators. What clients read goes through `Call.log`.
    public var log: Log { Log(runtime: runtime) }

    /// The plugin's configuration: a raw JSON object.
    public var configuration: String { runtime.configuration }

    /// The plugin's configuration as a value of a type. Throws `.invalidArgument` with what is wrong: in a plugin's `init` that becomes the
    /// reason why it can't be loaded.
    public func configuration<Configuration: Decodable>(as type: Configuration.Type) throws(AmbitError) -> Configuration {
        do {
            return try JSON(parsing: configuration).decode(as: type)
        } catch let failure as JSONDecodingFailure where failure.problem == "is missing" {
            throw AmbitError(.invalidArgument, "configuration: \"\(failure.path)\" is missing")
        } catch {
            throw AmbitError(.invalidArgument, "configuration: \(error)")
        }
    }

    /// CLOCK_MONOTONIC in nanoseconds, of the host's clock, which tests can turn by hand.
    public var now: Int64 { runtime.tables.timer.now(runtime.handle) }

    /// Publishes to a topic of this plugin. Never waits. With a session, only subscriptions in that session's scopes and those outside
    /// any session get the event.
    public func publish(
        _ topic: String, key: String = "", _ payload: [UInt8], session: Session? = nil
    ) throws(AmbitError) {
        try payload.withAmbitBytes { bytes throws(AmbitError) in try publish(topic, key, bytes, session) }
    }

    /// Publishes a text: its UTF-8.
    public func publish(
        _ topic: String, key: String = "", _ payload: String, session: Session? = nil
    ) throws(AmbitError) {
        try payload.withAmbitText { text throws(AmbitError) in
            let data = UnsafeRawPointer(text.data)?.assumingMemoryBound(to: UInt8.self)
            try publish(topic, key, ambit_bytes(data: data, size: text.size), session)
        }
    }

    private func publish(
        _ topic: String, _ key: String, _ payload: ambit_bytes, _ session: Session?
    ) throws(AmbitError) {
        try AmbitError.check { error in
            topic.withAmbitText { topic in
                key.withAmbitText { key in
                    runtime.tables.bus.publish(runtime.handle, topic, key, payload, session?.key ?? 0, error)
                }
            }
        }
    }
}
