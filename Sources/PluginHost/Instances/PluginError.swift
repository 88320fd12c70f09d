/// Why a plugin is not loaded: which file, what is wrong, how to mend it. One line.
package struct PluginError: Error, Equatable, CustomStringConvertible {
    package let path: String
    package let what: String
    package let howToMend: String

    package init(path: String, what: String, howToMend: String) {
        self.path = path
        self.what = what
        self.howToMend = howToMend
    }

    /// Two plugins of one name.
    package init(taken name: String, path: String, by other: String) {
        self.init(path: path, what: "the plugin name '\(name)' is taken by \(other)", howToMend: "load only one of the two")
    }

    package var description: String {
        let text = howToMend.isEmpty ? "\(path): \(what)" : "\(path): \(what); \(howToMend)"
        return String(text.map { $0.isNewline ? " " : $0 })
    }
}
