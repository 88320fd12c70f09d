import CLinux
import PluginHost

/// `ambit inspect-worker`: what the server starts to look at a plugin.
package struct InspectWorkerProgram {
    private let library: String

    package init(library: String) { self.library = library }

    /// Writes what the plugin's descriptor says, and exits.
    package func run() -> Never {
        // What the plugin prints goes to stderr, which the server shows when the plugin crashes.
        var input: Int32 = -1
        var output: Int32 = -1
        let code = ambit_linux_adopt_stdio(&input, &output)
        guard code == 0 else { Program.fail("can't take over stdin and stdout: error \(-code)") }
        InspectionWorker.run(library: library, output: output)
        Program.exit(0)
    }
}
