import AmbitPlugin
import Glibc
import Synchronization

/// Something of a scope that may be promoted, and whether it still does what it is for.
struct Kept: Sendable {
    static let kinds = [
        "task", "timer", "channel", "subscription", "reply", "descriptor", "directory", "arena", "device", "finalizer", "listener",
        "process",
    ]

    let resource: any Promotable
    let works: @Sendable () async throws -> Bool

    init(_ resource: any Promotable, works: @escaping @Sendable () async throws -> Bool) {
        self.resource = resource
        self.works = works
    }

    /// - Parameter kind: one of `kinds`.
    static func make(_ kind: String, in scope: Scope, _ host: Host, _ devices: ResourceKind<Device>) throws -> Kept {
        switch kind {
        case "task", "timer", "channel", "subscription", "reply", "finalizer", "device": try working(kind, in: scope, host, devices)
        default: try holding(kind, in: scope)
        }
    }

    private static func working(_ kind: String, in scope: Scope, _ host: Host, _ devices: ResourceKind<Device>) throws -> Kept {
        switch kind {
        case "task":
            // What was not promoted has ended by now.
            let (never, continuation) = AsyncStream.makeStream(of: Int.self)
            let task = try scope.spawn("kept") {
                for await _ in never {}
                withExtendedLifetime(continuation) {}
            }
            return Kept(task) { !task.isFinished }
        case "timer":
            let ticks = Ticks()
            let timer = try scope.timer(every: .seconds(1), "kept") { _ in ticks.add() }
            return Kept(timer) {
                let before = ticks.count
                try await host.scope.sleep(for: .seconds(3))
                return ticks.count > before
            }
        case "channel":
            let channel = try scope.channel(of: Int.self, capacity: 1)
            return Kept(channel) { channel.trySend(1) == .ok && channel.tryReceive()?.value == 1 }
        case "subscription":
            let subscription = try scope.subscribe("kept")
            return Kept(subscription) {
                try host.publish("kept", "news")
                return try await subscription.next()?.text == "news"
            }
        case "reply":
            let reply = try scope.reply(timeout: .seconds(1000))
            return Kept(reply) {
                try host.resolve(id: reply.id, payload: "yes")
                return try await reply.value() == Array("yes".utf8)
            }
        case "finalizer":
            let finalizer = try scope.onClose("kept") { _ in Device.note("close kept") }
            return Kept(finalizer) { Device.events.withLock { $0.isEmpty } }
        default:
            let device = try scope.acquire(devices, "kept") { Device("kept") }
            return Kept(device) { Device.events.withLock { $0 } == ["open \(device.value.name)"] }
        }
    }

    private static func holding(_ kind: String, in scope: Scope) throws -> Kept {
        switch kind {
        case "descriptor":
            let file = try scope.descriptor("kept") { open("/dev/null", O_RDWR | O_CLOEXEC) }
            return Kept(file) { fcntl(try file.number, F_GETFD) >= 0 }
        case "directory":
            let directory = try scope.temporaryDirectory("kept")
            return Kept(directory) { access(directory.path, F_OK) == 0 }
        case "arena":
            let arena = try scope.arena(limit: 1 << 16)
            return Kept(arena) { try arena.allocate(bytes: 16).count == 16 }
        case "listener":
            let listener = try scope.listener(port: 0, label: "kept")
            return Kept(listener) { close(try connected(listener.port, "")) == 0 }
        default:
            let process = try scope.process(["cat"], input: true, label: "kept")
            return Kept(process) {
                try await process.write("meow")
                for try await chunk in process.output { return chunk.bytes == Array("meow".utf8) }
                return false
            }
        }
    }
}

/// How often a timer fired.
private final class Ticks: Sendable {
    private let fired = Mutex(0)

    var count: Int { fired.withLock { $0 } }

    func add() { fired.withLock { $0 += 1 } }
}
