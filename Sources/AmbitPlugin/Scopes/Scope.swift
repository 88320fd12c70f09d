/// A scope: what is started in it is cancelled, awaited and released when it ends, in order and within a deadline (S1 to S9).
///
/// A value that names the host's scope; copying it copies the name. Once the scope closes, everything here is refused with `.closed` (S5).
public struct Scope: Hashable, Sendable {
    /// The host's name of it (S18).
    public let handle: UInt64
    let runtime: HostRuntime

    public static func == (left: Scope, right: Scope) -> Bool { left.handle == right.handle }
    public func hash(into hasher: inout Hasher) { hasher.combine(handle) }

    /// It takes new work. Only a hint: it may close at any moment.
    public var isOpen: Bool {
        var state = Int32(AMBIT_SCOPE_CLOSED)
        return runtime.tables.scope.state(handle, &state) == Status.ok.rawValue && state == Int32(AMBIT_SCOPE_OPEN)
    }
}
