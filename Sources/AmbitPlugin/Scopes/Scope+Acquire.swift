extension Scope {
    /// Acquires a resource of an own kind: takes its place in the scope first, then runs `acquire`, then makes the scope own what it gave (S4).
    /// Nothing can come between, so nothing that was acquired can be lost.
    ///
    /// Throws what `acquire` throws; `.closed` where the scope has begun to close meanwhile: then the kind's `release` sees to the value.
    public func acquire<Value: Sendable>(
        _ kind: ResourceKind<Value>, _ label: String = "", _ acquire: () async throws -> Value
    ) async throws -> Acquired<Value> {
        let place = try reserve(kind, label)
        let value: Value
        do {
            value = try await acquire()
        } catch {
            _ = kind.table.withdraw(place)
            throw error
        }
        return try commit(kind, place, value)
    }

    /// The same where acquiring doesn't wait.
    public func acquire<Value: Sendable>(
        _ kind: ResourceKind<Value>, _ label: String = "", _ acquire: () throws -> Value
    ) throws -> Acquired<Value> {
        let place = try reserve(kind, label)
        let value: Value
        do {
            value = try acquire()
        } catch {
            _ = kind.table.withdraw(place)
            throw error
        }
        return try commit(kind, place, value)
    }

    private func reserve<Value>(_ kind: ResourceKind<Value>, _ label: String) throws(AmbitError) -> ambit_resource {
        var place: ambit_resource = 0
        try AmbitError.check { error in
            label.withAmbitText { kind.table.reserve(handle, kind.handle, $0, &place, error) }
        }
        return place
    }

    private func commit<Value>(
        _ kind: ResourceKind<Value>, _ place: ambit_resource, _ value: Value
    ) throws(AmbitError) -> Acquired<Value> {
        let owned = Unmanaged.passRetained(kind.action(value))
        do throws(AmbitError) {
            try AmbitError.check { kind.table.commit(place, owned.toOpaque(), $0) }
        } catch {
            // Closed: the host releases it. On any other answer it knows nothing of it, and nobody else would.
            if error.status != .closed { _ = owned.takeRetainedValue().run(place, .failed) }
            throw error
        }
        return Acquired(handle: place, table: kind.table, value: value)
    }
}
