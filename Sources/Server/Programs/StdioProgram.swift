import CLinux
import Glibc
import Metrics
import Scopes

/// `ambit stdio`.
package struct StdioProgram {
    private let configuration: AmbitConfiguration
    private let level: LogThreshold

    package init(configuration: AmbitConfiguration, level: LogThreshold) {
        self.configuration = configuration
        self.level = level
    }

    /// Runs until stdin ends or it is told to stop, then exits.
    package func run() -> Never {
        // First of all: nothing but MCP may reach the client, whatever a plugin prints (DIGEST 8.11).
        var input: Int32 = -1
        var output: Int32 = -1
        let code = ambit_linux_adopt_stdio(&input, &output)
        guard code == 0 else { Program.fail("can't take over stdin and stdout: error \(-code)") }
        Program.forgetSecrets()
        Reactor.blockSignals()
        Program.raiseDescriptorLimit()
        let run: AmbitRun
        do {
            run = AmbitRun(try Ambit(configuration, level: level))
            MetricsSystem.bootstrap(run.ambit.metrics)
            run.handleSignals()
            try run.ambit.startStdio(input: input, output: output) { end in run.stdioEnded(end) }
            run.ambit.startControl()
        } catch {
            Program.fail(error.description)
        }
        run.ambit.loadPlugins()
        let report = run.wait()
        Program.exit(report == nil ? 1 : 0)
    }
}
