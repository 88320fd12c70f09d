import AmbitPlugin
import Synchronization

/// A plugin that tries what the SDK offers, one tool for each thing.
final class Probe: Plugin {
    struct Settings: SchemaProviding {
        struct Limits: Codable {
            var lines: Int
        }
        var greeting: String?
        var limits: Limits?
        static let schema: JSON = ["type": "object"]
    }

    static let about = About(
        name: "probe", version: "1.0.0", summary: "Tries things.", permissions: [.files, .network, .process],
        configuration: Settings.self)

    let host: Host
    let devices: ResourceKind<Device>
    private let settings: Settings
    private let seen = Mutex<Set<UInt64>>([])

    init(host: Host) throws {
        self.host = host
        settings = try host.configuration(as: Settings.self)
        devices = try host.kind("device") { device, reason async throws in
            await Task.yield()
            Device.note("close \(device.name) \(reason.kind)")
        }
    }

    var tools: [Tool] {
        Tool("probe_sleep", "Sleeps.", .integer("seconds", "How long.")) { call, seconds in
            try await call.scope.sleep(for: .seconds(seconds))
            return .text("woken")
        }
        Tool("probe_wait", "Waits for an item that never comes.") { call in
            let channel = try call.scope.channel(of: Int.self, capacity: 1)
            return .text("\(String(describing: try await channel.receive()))")
        }
        Tool("probe_session", "Works in a session.", .session(idle: .seconds(60))) { [self, host] call, session in
            let isNew = seen.withLock { $0.insert(session.key).inserted }
            if isNew { try session.scope.onClose("goodbye") { _ in host.log.info("session closed") } }
            return .text(isNew ? (call.context.era == .legacy ? "new legacy" : "new") : "again")
        }
        Tool("probe_config", "Says what it was given.") { [settings] _ in
            .text("\(settings.greeting ?? "-") \(settings.limits?.lines ?? 0)")
        }
        executorTools
        hostTools
        ownedTools
        promotionTools
        terminalTools
    }
}
