package import PluginHost

/// A plugin of a configuration: what is loaded, or could be enabled later.
package struct ConfiguredPlugin: Sendable {
    package var spec: PluginSpec
    package var isEnabled = true

    package init(_ spec: PluginSpec) { self.spec = spec }
}
