/// Languages that there are templates for.
package enum PluginLanguage: String, Sendable, CaseIterable {
    case swift, c
}
