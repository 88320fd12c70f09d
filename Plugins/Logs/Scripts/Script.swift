/// Something that a project says it can run.
struct Script: Equatable, Sendable {
    /// As the project calls it: `dev`, `test`, `web:build`.
    let name: String
    /// What it was found in, relative to the project: `package.json`, `packages/web/package.json`, `Makefile`.
    let source: String
    /// The program and its arguments.
    let arguments: [String]
    /// Relative to the project; empty: its folder itself.
    var directory = ""
    /// What the project says of it, or what it stands for.
    var summary: String?
    var environment: [String: String] = [:]

    init(
        _ name: String, in source: String, _ arguments: [String], directory: String = "", summary: String? = nil,
        environment: [String: String] = [:]
    ) {
        self.name = name
        self.source = source
        self.arguments = arguments
        self.directory = directory
        self.summary = summary.flatMap { $0.isEmpty ? nil : $0 }
        self.environment = environment
    }
}
