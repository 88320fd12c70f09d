/// A kind of resource of the plugin's own: what it acquires from elsewhere (a database handle, a lock, a device) becomes a resource like
/// those of the host, counted under its name and released exactly once.
public struct ResourceKind<Value: Sendable>: Sendable {
    let handle: ambit_kind
    let table: ambit_host_kind
    let runtime: HostRuntime
    let release: Release

    enum Release: Sendable {
        case sync(@Sendable (Value, Reason) throws -> Void)
        case async(@Sendable (Value, Reason) async throws -> Void)
    }

    /// What the host holds of a value: lives from `commit` until its release is done.
    func action(_ value: Value) -> EndAction {
        let body: EndAction.Body =
            switch release {
            case .sync(let body): .sync { reason in try body(value, reason) }
            case .async(let body): .async { reason in try await body(value, reason) }
            }
        return EndAction(body, runtime) { [table] in _ = table.released($0, $1.rawValue) }
    }
}

/// When a close releases a resource of an own kind (S6).
public enum ReleasePhase: Int32, Sendable {
    /// It is told to end with everything else that runs, then awaited.
    case early = 0
    /// Last, one at a time, in reverse order of acquisition.
    case late = 1
}

extension Host {
    /// Defines a kind for the rest of this instance's life; at most 32. `release` runs on the plugin's executor, exactly once for
    /// each resource, and must not block. What it throws is counted and reported.
    ///
    /// - Parameter name: `[a-z][a-z0-9-]{0,31}`; the scope tree shows "<plugin>.<name>".
    public func kind<Value: Sendable>(
        _ name: String, phase: ReleasePhase = .late, release: @escaping @Sendable (Value, Reason) throws -> Void
    ) throws(AmbitError) -> ResourceKind<Value> {
        try kind(name, phase, .sync(release))
    }

    /// Like the synchronous form, for a release that waits.
    public func kind<Value: Sendable>(
        _ name: String, phase: ReleasePhase = .late, release: @escaping @Sendable (Value, Reason) async throws -> Void
    ) throws(AmbitError) -> ResourceKind<Value> {
        try kind(name, phase, .async(release))
    }

    private func kind<Value: Sendable>(
        _ name: String, _ phase: ReleasePhase, _ release: ResourceKind<Value>.Release
    ) throws(AmbitError) -> ResourceKind<Value> {
        let table = try runtime.tables.offered(\.kind, AMBIT_EXT_KIND)
        var descriptor = ambit_kind_descriptor()
        descriptor.struct_size = UInt32(MemoryLayout<ambit_kind_descriptor>.size)
        descriptor.phase = phase.rawValue
        descriptor.release = { resource, handle, reason in
            guard let resource else { return Int32(AMBIT_RELEASE_FAILED) }
            return Unmanaged<EndAction>.fromOpaque(resource).takeRetainedValue().run(handle, Reason(reason))
        }
        var kind: ambit_kind = 0
        try AmbitError.check { error in
            name.withAmbitText { name in
                descriptor.name = name
                return table.define(runtime.handle, &descriptor, &kind, error)
            }
        }
        return ResourceKind(handle: kind, table: table, runtime: runtime, release: release)
    }
}
