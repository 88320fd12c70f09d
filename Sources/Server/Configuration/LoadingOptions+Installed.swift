package import PluginHost

extension LoadingOptions {
    /// For the running program: plugins are looked at by itself, and those that lie with it are trusted like it.
    package static var installed: LoadingOptions {
        var options = LoadingOptions()
        options.inspector = InstalledFiles.ambit
        options.trustedFolders = InstalledFiles.pluginFolders
        options.version = Version.current
        return options
    }
}
