/// A holder's share of something that several scopes use together. The holder's scope owns it: it is given back at the latest when that closes.
///
/// The last one that gives it back ends the scope in which it was built, and waits for nothing.
public struct Lease<Value: Sendable>: Sendable {
    let handle: ambit_lease
    let table: ambit_host_lease

    /// What the build made. What it stands for ends with the scope that it was built in.
    public let value: Value

    /// Gives it back before the holder's scope closes.
    public func release() { _ = table.release(handle) }
}

/// What a build made, as the host hands it from the builder to the holders. Kept by a finalizer of the lease's scope.
final class SharedValue: Sendable {
    private let made = Lock<(any Sendable)?>(nil)

    /// nil: not built yet.
    var value: (any Sendable)? { made.withLock { $0 } }

    func set(_ value: any Sendable) { made.withLock { $0 = value } }
}

/// The context of a lease's options: lives from `acquire` to `destroyed`.
final class LeaseBuild: Sendable {
    private let runtime: HostRuntime
    private let table: ambit_host_lease
    private let label: String
    private let body: @Sendable (Scope) async throws -> any Sendable

    init(
        _ runtime: HostRuntime, _ table: ambit_host_lease, label: String,
        _ body: @escaping @Sendable (Scope) async throws -> any Sendable
    ) {
        self.runtime = runtime
        self.table = table
        self.label = label
        self.body = body
    }

    /// Runs the build as a task of the lease's own scope, and tells the host its outcome exactly once.
    func start(_ scope: ambit_scope, _ build: ambit_build) {
        let scope = Scope(handle: scope, runtime: runtime)
        let (body, runtime, table) = (body, runtime, table)
        do {
            try scope.own(label: label, atEnd: .cancel) {
                do {
                    let shared = SharedValue()
                    // Before whatever the build registers, so that it goes after all that: who gets the pointer finds the value.
                    try scope.onClose("shared value") { _ in withExtendedLifetime(shared) {} }
                    shared.set(try await body(scope))
                    let value = Unmanaged.passUnretained(shared).toOpaque()
                    _ = table.built(runtime.handle, build, Status.ok.rawValue, value, ambit_text())
                } catch {
                    LeaseBuild.failed(runtime, table, build, error)
                }
                return nil
            }
        } catch {
            LeaseBuild.failed(runtime, table, build, error)
        }
    }

    private static func failed(
        _ runtime: HostRuntime, _ table: ambit_host_lease, _ build: ambit_build, _ error: any Error
    ) {
        let status = error is CancellationError ? Status.cancelled : (error as? AmbitError)?.status ?? .failed
        "\(error)".withAmbitText { text in
            _ = table.built(runtime.handle, build, status == .ok ? Status.failed.rawValue : status.rawValue, nil, text)
        }
    }
}
