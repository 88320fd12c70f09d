/// Folders that are the plugin's own, and the one that it works in. Absolute paths.
public struct Paths: Sendable {
    let runtime: HostRuntime

    /// Of this plugin; kept over restarts and updates. Made, for this user only, when it is asked for.
    public var state: String { get throws(AmbitError) { try get(AMBIT_PATH_STATE) } }

    /// Of this plugin; may be emptied at any time. Made when it is asked for.
    public var cache: String { get throws(AmbitError) { try get(AMBIT_PATH_CACHE) } }

    /// The folder that the server works in. Needs the permission `.files`.
    public var workspace: String { get throws(AmbitError) { try get(AMBIT_PATH_WORKSPACE) } }

    /// Where temporary folders are made; `Scope.temporaryDirectory` makes one that has an owner.
    public var temporary: String { get throws(AmbitError) { try get(AMBIT_PATH_TEMPORARY) } }

    private func get(_ which: Int) throws(AmbitError) -> String {
        let table = try runtime.tables.offered(\.paths, AMBIT_EXT_PATHS)
        return try hostPath { buffer, capacity, size, error in
            table.get(runtime.handle, Int32(which), buffer, capacity, size, error)
        }
    }
}

extension Host {
    public var paths: Paths { Paths(runtime: runtime) }
}
