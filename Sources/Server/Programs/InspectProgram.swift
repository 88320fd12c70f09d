import PluginHost

/// `ambit plugin inspect`.
package struct InspectProgram {
    private let path: String

    package init(path: String) { self.path = path }

    /// Prints, exits; 1 when this host would not load it.
    package func run() -> Never {
        do {
            let inspection = try PluginInspection(path: path)
            Program.out(Array(inspection.text.utf8))
        } catch {
            Program.fail(error.description)
        }
        Program.exit(0)
    }
}
