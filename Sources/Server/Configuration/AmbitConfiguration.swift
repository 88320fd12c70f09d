package import PluginHost
package import Transport

/// Everything that a server is started with.
package struct AmbitConfiguration: Sendable {
    package var host = "127.0.0.1"
    package var port = 7777
    /// Who clients are told that this is, and what it is good for; empty: nothing is said of that.
    package var serverName = "ambit"
    package var serverTitle = "Ambit"
    package var instructions = ""
    /// Further names of this server, and pages that may call it.
    package var allowedHosts: [String] = []
    package var allowedOrigins: [String] = []
    /// Who may ask, of those who reach it by HTTP.
    package var access = AccessConfiguration()
    package var tls = TLSFiles()
    /// Whether it may listen beyond this machine without TLS or without authentication.
    package var insecureBind = false
    /// Whether the plugins that ship are loaded.
    package var defaultPlugins = true
    /// Paths from flags and variables.
    package var pluginPaths: [String] = []
    /// Everything that is loaded, in the order in which the tools are listed.
    package var plugins: [ConfiguredPlugin] = []
    /// Cache, inspection and trust of plugins.
    package var loading = LoadingOptions.installed
    /// Nil: found beside this program.
    package var launcher: String?
    package var limits = EngineLimits()
    /// What replicas share, so that one opens what another has sealed; empty: none do.
    package var stateSecret = ""
    /// Where tasks of clients outlast a run of the server.
    package var taskFolder = HostFolders.stateOfHost + "/tasks"
    package var streamLimits = HTTPLimits()
    package var logLevel = "info"

    package init() {}

    /// The defaults of a program.
    init(for program: ProgramKind) {
        switch program {
        case .serve: logLevel = "info"
        case .stdio: logLevel = "notice"
        case .tools: logLevel = "warning"
        }
    }
}
