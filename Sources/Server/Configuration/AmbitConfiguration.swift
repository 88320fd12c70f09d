package import PluginHost
package import Transport

/// Everything that a server is started with.
package struct AmbitConfiguration: Sendable {
    package var http: HTTPConfiguration?
    package var stdio = false
    /// Paths of plugins, in the order in which their tools are listed.
    package var plugins: [String] = []
    /// Cache, inspection and trust of plugins.
    package var loading = LoadingOptions.installed
    /// Nil: found beside this program.
    package var launcher: String?
    package var limits = EngineLimits()
    package var streamLimits = HTTPLimits()

    /// A client that takes nothing for so long is dropped; nanoseconds.
    package var writeDeadline: Int64 {
        get { streamLimits.writeDeadline }
        set { streamLimits.writeDeadline = newValue }
    }

    package init() {}
}
