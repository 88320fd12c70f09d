extension Scope {
    /// Shares something with other scopes of this plugin under a key. The first holder builds it, in a scope of its own, where everything
    /// belongs that it needs; this scope owns a share until it closes.
    ///
    ///     let index = try await session.scope.share("index") { scope in
    ///         let process = try scope.process(["indexer"])     // ends with the last holder
    ///         return Index(process)
    ///     }
    ///
    /// A cancelled wait leaves the build to the other holders; the last one that leaves ends it.
    ///
    /// Throws `.failed` with what the build threw, `.invalidArgument` where the key holds a value of another type, `CancellationError`.
    public func share<Value: Sendable>(
        _ key: String, build: @escaping @Sendable (Scope) async throws -> Value
    ) async throws -> Lease<Value> {
        try Task.checkCancellation()
        let table = try runtime.tables.offered(\.lease, AMBIT_EXT_LEASE)
        let (handle, runtime) = (handle, runtime)
        let outcome = await HostWait<LeaseOutcome>().answer { wait in
            var waiter: UInt64 = 0
            let context = Unmanaged.passRetained(wait)
            let work = Unmanaged.passRetained(LeaseBuild(runtime, table, label: "build \(key)", build))
            var options = ambit_lease_options()
            options.struct_size = UInt32(MemoryLayout<ambit_lease_options>.size)
            options.context = work.toOpaque()
            options.build = { context, scope, build in
                guard let context else { return }
                Unmanaged<LeaseBuild>.fromOpaque(context).takeUnretainedValue().start(scope, build)
            }
            options.destroyed = { context in
                guard let context else { return }
                Unmanaged<LeaseBuild>.fromOpaque(context).release()
            }
            do throws(AmbitError) {
                try AmbitError.check { error in
                    key.withAmbitText { key in
                        options.key = key
                        return table.acquire(handle, &options, context.toOpaque(), LeaseOutcome.done, &waiter, error)
                    }
                }
                return .waiting(waiter)
            } catch {
                work.release()
                context.release()
                return .refused(.failure(error))
            }
        } end: { waiter in
            _ = table.cancel_wait(handle, waiter)
        }
        switch outcome {
        case .failure(let error): throw error.asWaitError
        case .success(let lease, let shared):
            guard let value = shared.value as? Value else {
                _ = table.release(lease)
                let kind = shared.value.map { "\(type(of: $0))" } ?? "nothing"
                throw AmbitError(.invalidArgument, "the key \"\(key)\" holds a \(kind), not a \(Value.self)")
            }
            return Lease(handle: lease, table: table, value: value)
        }
    }
}

/// What the host answers to an `acquire`.
enum LeaseOutcome: Sendable {
    case success(ambit_lease, SharedValue)
    case failure(AmbitError)

    typealias Done =
        @convention(c) (
            UnsafeMutableRawPointer?, ambit_status, ambit_lease, UnsafeMutableRawPointer?, ambit_text
        ) -> Void

    static let done: Done = { context, status, lease, value, message in
        guard let context else { return }
        let wait = Unmanaged<HostWait<LeaseOutcome>>.fromOpaque(context).takeRetainedValue()
        let status = Status(rawValue: status)
        if status == .ok, let value {
            wait.resolve(.success(lease, Unmanaged<SharedValue>.fromOpaque(value).takeUnretainedValue()))
        } else {
            wait.resolve(.failure(AmbitError(status == .ok ? .failed : status, String(message))))
        }
    }
}
