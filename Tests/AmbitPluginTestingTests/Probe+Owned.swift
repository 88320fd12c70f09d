import AmbitPlugin
import Glibc
import Synchronization

/// What a resource of an own kind stands for, and what happened to it.
final class Device: Sendable {
    static let events = Mutex<[String]>([])
    static func note(_ event: String) { events.withLock { $0.append(event) } }

    let name: String
    init(_ name: String) {
        self.name = name
        Device.note("open \(name)")
    }
}

extension Probe {
    @ToolsBuilder var ownedTools: [Tool] {
        Tool("probe_reply", "Waits for an answer.", .choice("how", "How it ends.", ["answer", "late", "never", "close", "cancel"])) {
            [host] call, how in
            let reply = try call.scope.reply(timeout: .seconds(10))
            switch how {
            case "answer":
                // It may come before anybody waits.
                let isTaken = try host.resolve(id: reply.id, payload: "yes")
                let isTakenAgain = try host.resolve(id: reply.id, payload: "no")
                return .text("\(String(decoding: try await reply.value(), as: UTF8.self)) \(isTaken) \(isTakenAgain)")
            case "late":
                let waiting = try call.scope.spawn("wait") { try await reply.value() }
                try call.scope.timer(after: .seconds(5), "answer") { _ = try? host.resolve(id: reply.id, payload: [1, 2]) }
                return .text("\(try await waiting.value)")
            case "close":
                let waiting = try call.scope.spawn("wait") { try await reply.value() }
                try call.scope.timer(after: .seconds(1), "close") { reply.close() }
                return .text("\(try await waiting.value)")
            case "cancel":
                let waiting = try call.scope.spawn("wait") { try await reply.value() }
                try await call.scope.sleep(for: .seconds(1))
                waiting.cancel()
                _ = try? await waiting.value
                // The slot has outlived that wait.
                try host.resolve(id: reply.id, payload: "still open")
                return .text(String(decoding: try await reply.value(), as: UTF8.self))
            default:
                return .text("\(try await reply.value())")
            }
        }
        Tool("probe_directory", "Makes a folder.") { call in
            let directory = try call.scope.temporaryDirectory("scratch")
            close(open("\(directory.path)/file", O_CREAT | O_WRONLY, 0o600))
            return .text(directory.path)
        }
        Tool("probe_arena", "Takes memory.") { call in
            let arena = try call.scope.arena(limit: 1 << 16)
            let numbers = try arena.allocate(Int64.self, count: 100)
            let isZero = numbers.allSatisfy { $0 == 0 }
            for index in numbers.indices { numbers[index] = Int64(index) }
            let sum = numbers.reduce(0, +)
            let used = arena.used
            do throws(AmbitError) {
                _ = try arena.allocate(bytes: 1 << 17)
                return .error("more than its limit")
            } catch {
                return .text("\(isZero) \(sum) \(used >= 800) \(error.status)")
            }
        }
        Tool("probe_kind", "Acquires devices.", .choice("how", "How it goes.", ["keep", "end", "fail", "closed"])) {
            [kind = devices] call, how in
            switch how {
            case "fail":
                _ = try await call.scope.acquire(kind, "broken") { () async throws -> Device in throw ToolError("no such device") }
                return .text("")
            case "closed":
                // It begins to close while the device is being acquired: what was acquired is released all the same.
                let child = try call.scope.child("short")
                do {
                    _ = try await child.acquire(kind, "late") {
                        try child.beginClose()
                        return Device("late")
                    }
                    return .error("a closing scope took it")
                } catch let error as AmbitError {
                    return .text("\(error.status)")
                }
            default:
                let device = try await call.scope.acquire(kind, "one") { Device("one") }
                device.describe("in use")
                if how == "end" { device.end() }
                return .text("\(device.value.name) \(call.host.scope.isOpen)")
            }
        }
        Tool("probe_descriptor", "Opens a file, and one in a scope that closes.") { call in
            let file = try call.scope.descriptor("null") { open("/dev/null", O_RDWR) }
            let isOpen = fcntl(try file.number, F_GETFD) & FD_CLOEXEC != 0
            file.close()
            let child = try call.scope.child("short")
            let adopted = try child.descriptor { open("/dev/null", O_RDWR) }
            let number = try adopted.disown()
            close(number)
            var opened: Int32 = -1
            do {
                _ = try child.descriptor("late") {
                    try child.beginClose()
                    opened = open("/dev/null", O_RDWR)
                    return opened
                }
                return .error("a closing scope took it")
            } catch let error as AmbitError {
                let isRefused = error.status == .closed || error.status == .staleHandle
                return .text("\(isOpen) \(isRefused) \(fcntl(opened, F_GETFD) == -1)")
            }
        }
        Tool("probe_listen", "Takes a connection.", .boolean("local", "On a local socket.", default: false)) { call, local in
            let folder = try call.scope.temporaryDirectory("sockets")
            let path = "\(folder.path)/s"
            let listener = try local ? call.scope.listener(path: path) : call.scope.listener(port: 0)
            let client = try call.scope.descriptor("client") { try connected(listener.port, path) }
            write(try client.number, "hello", 5)
            guard let connection = try await listener.accept(into: call.scope) else { return .error("closed") }
            let number = try connection.number
            let text = try await call.scope.spawnBlocking("read") { _ in
                var ready = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
                poll(&ready, 1, 5000)
                var bytes = [UInt8](repeating: 0, count: 16)
                let count = read(number, &bytes, bytes.count)
                return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            }.value
            // A cancelled wait ends, and the listener goes on.
            let waiting = try call.scope.spawn("accept") { try await listener.accept(into: call.scope) }
            waiting.cancel()
            let isCancelled: Bool
            do {
                _ = try await waiting.value
                isCancelled = false
            } catch {
                isCancelled = error is CancellationError
            }
            let ending = try call.scope.spawn("accept") { () async throws -> Int in
                var count = 0
                for try await _ in listener.connections(into: call.scope) { count += 1 }
                return count
            }
            await Task.yield()
            listener.close()
            return .text("\(text) \(isCancelled) \(try await ending.value)")
        }
        Tool("probe_share", "Shares a device.", .string("key", "Which."), .session(.existing)) { call, key, session in
            let scope = session?.scope ?? call.scope
            let lease = try await scope.share(key) { scope in
                if key == "broken" { throw ToolError("can't be built") }
                try scope.onClose("device") { _ in Device.note("close \(key)") }
                try await scope.sleep(for: .seconds(1))
                return Device(key)
            }
            if key == "wrong" { _ = try await scope.share(key) { _ in 5 } }
            return .text(lease.value.name)
        }
    }
}

/// A socket that is connected to a port of this machine, or to a local socket.
func connected(_ port: Int?, _ path: String) throws -> Int32 {
    let number = socket(port == nil ? AF_UNIX : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var status: Int32
    if let port {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        status = withUnsafeBytes(of: &address) {
            connect(number, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
    } else {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        status = withUnsafeBytes(of: &address) {
            connect(number, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
    }
    if status != 0 {
        close(number)
        throw ToolError("connect failed: \(errno)")
    }
    return number
}
