import AmbitPlugin
import Glibc

/// The name of the thread that this runs on: the host names a plugin's threads after it (S21).
private func threadName() -> String {
    let file = open("/proc/thread-self/comm", O_RDONLY)
    defer { close(file) }
    var name = [UInt8](repeating: 0, count: 16)
    let count = read(file, &name, name.count)
    return String(decoding: name.prefix(max(1, count) - 1), as: UTF8.self)
}

private actor Cell {
    var value = 0
    func add() -> String {
        value += 1
        return threadName()
    }
}

extension Probe {
    @ToolsBuilder var executorTools: [Tool] {
        Tool("probe_threads", "Names the thread of everything that a handler may use.") { call in
            var names = ["handler": threadName()]
            names["actor"] = await Cell().add()
            async let child = threadName()
            names["async let"] = await child
            names["group"] = await withTaskGroup(of: String.self) { group in
                group.addTask { threadName() }
                return await group.next() ?? ""
            }
            try await Task.sleep(for: .milliseconds(1))
            names["after Task.sleep"] = threadName()
            names["spawn"] = try await call.scope.spawn { threadName() }.value
            names["after spawn"] = threadName()
            names["blocking"] = try await call.scope.spawnBlocking { _ in threadName() }.value
            names["unstructured"] = await Task { threadName() }.value
            return .json(.object(JSON.Object(names.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })))
        }
    }
}
