import PluginHost
import Scopes

/// `ambit tools`.
package struct ToolsProgram {
    private let configuration: AmbitConfiguration
    private let level: LogThreshold

    package init(configuration: AmbitConfiguration, level: LogThreshold) {
        self.configuration = configuration
        self.level = level
    }

    /// Loads, prints, unloads, exits; 1 when a plugin could not be loaded.
    package func run() -> Never {
        Reactor.blockSignals()
        let run: AmbitRun
        do {
            run = AmbitRun(try Ambit(configuration, logger: level.logger))
        } catch {
            Program.fail(error.description)
        }
        run.handleSignals()
        run.ambit.loadPlugins()
        Program.out(Array(ToolListing.text(run.ambit.host.catalog.tools()).utf8))
        let hasFailed = !run.ambit.pluginErrors.isEmpty
        run.end(Reason(.completed, by: "tools"))
        _ = run.wait()
        Program.exit(hasFailed ? 1 : 0)
    }
}
