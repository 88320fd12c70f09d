import AmbitPlugin

final class Database: Sendable {
    init(path: String) throws {}
    func close() {}
}

// example kind
final class Store: Plugin {
    static let about = About(name: "store", version: "1.0.0", summary: "Stores things.")

    let databases: ResourceKind<Database>

    init(host: Host) throws {
        databases = try host.kind("database") { database, _ in database.close() }
    }

    var tools: [Tool] {
        Tool("store", "Stores something.") { [databases] call in
            let database = try await call.scope.acquire(databases, "main") {
                try Database(path: call.host.paths.state)
            }
            database.describe("storing")
            return .text("stored")
        }
    }
}
// end example
