package import Scopes

/// What enabling, disabling or restarting a plugin has done.
package struct PluginChange: Sendable {
    package let status: PluginStatus
    /// How the generation that was closed has ended; nil where there was none.
    package let report: Report?
    /// One line for people.
    package let text: String
}
