internal import Scopes

/// The instruments of all plugins of a host, by the plugin's name: a counter goes on where it was when its plugin is loaded again.
package final class PluginMetrics: Sendable {
    /// Of one plugin.
    static let maximalInstruments = 64

    private let plugins = Lock<[String: [Instrument]]>([:])

    /// All instruments by plugin, in alphabetic order of the plugins, then in order of definition.
    package func all() -> [(plugin: String, instruments: [Instrument])] {
        plugins.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Finds an instrument or makes it; its number is its place.
    func define(_ kind: Instrument.Kind, _ name: String, help: String, plugin: String) throws(Refusal) -> Int {
        guard Self.isName(name) else { throw .invalid("the metric's name '\(name)' is not [a-z][a-z0-9_]{0,63}") }
        guard help.utf8.count <= 256, !help.contains(where: \.isNewline) else { throw .invalid("help is one line of 256 bytes at most") }
        let result = plugins.withLock { plugins -> Result<Int, Refusal> in
            let known = plugins[plugin] ?? []
            if let index = known.firstIndex(where: { $0.name == name }) {
                guard known[index].kind == kind else {
                    return .failure(.invalid("the metric '\(name)' is a \(known[index].kind) already"))
                }
                return .success(index)
            }
            guard known.count < Self.maximalInstruments else {
                return .failure(
                    Refusal(.overQuota, "'\(plugin)' has \(Self.maximalInstruments) metrics already", quota: "metrics"))
            }
            plugins[plugin, default: []].append(Instrument(name: name, help: help, kind: kind))
            return .success(known.count)
        }
        return try result.get()
    }

    func instrument(_ number: Int, plugin: String) -> Instrument? {
        plugins.withLock { plugins in
            guard let known = plugins[plugin], known.indices.contains(number) else { return nil }
            return known[number]
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (97...122).contains(first), name.utf8.count <= 64 else { return false }
        return name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 0x5F }
    }
}
