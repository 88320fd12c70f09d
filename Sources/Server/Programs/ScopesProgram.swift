/// `ambit scopes`.
package struct ScopesProgram {
    private let target: DebugClient.Target
    private let json: Bool

    package init(target: DebugClient.Target, json: Bool) {
        self.target = target
        self.json = json
    }

    /// Prints, exits; 1 when there is no server.
    package func run() -> Never {
        do {
            let body = try DebugClient.get(json ? "/debug/scopes?format=json" : "/debug/scopes", from: target)
            Program.out(body + (json ? [0x0A] : []))
        } catch {
            Program.fail(error.description)
        }
        Program.exit(0)
    }
}
