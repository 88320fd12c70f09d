import PluginHost
import Scopes

/// `ambit plugin inspect`.
package struct InspectProgram {
    private let path: String
    private let json: Bool

    package init(path: String, json: Bool) {
        self.path = path
        self.json = json
    }

    /// Prints what the plugin is, and exits; 1 when this host would not load it.
    package func run() -> Never {
        guard let launcher = InstalledFiles.launcher else { Program.fail(InstalledFiles.missingLauncher) }
        Reactor.blockSignals()
        let runtime = Runtime()
        let scope = Scope.root(runtime)
        let inspection = PluginLoader(.installed, scope: scope, launcherPath: launcher).inspect(path)
        Program.out(json ? inspection.json + [UInt8(ascii: "\n")] : Array(inspection.text.utf8))
        Program.exit(inspection.error == nil ? 0 : 1)
    }
}
