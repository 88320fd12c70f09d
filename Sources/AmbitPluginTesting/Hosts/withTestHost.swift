public import AmbitPlugin

/// Runs `body` with a plugin in a real host, and closes the host whatever happens. Throws what `body` throws, else a `LeakReport` when something was left
/// behind.
public func withTestHost<P: Plugin, R>(
    _ type: P.Type, configuration: JSON = [:], time: TestHost.Time = .manual,
    isolation: isolated (any Actor)? = #isolation, _ body: (TestHost) async throws -> R
) async throws -> R {
    let host = try TestHost(type, configuration: configuration, time: time)
    let result: R
    do {
        result = try await body(host)
    } catch {
        _ = await host.closeOnce()
        throw error
    }
    try await host.close()
    return result
}
