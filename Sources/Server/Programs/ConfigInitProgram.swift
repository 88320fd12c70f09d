import Glibc

/// `ambit config init`.
package struct ConfigInitProgram {
    private let path: String?

    /// - Parameter path: `-` for stdout; nil: where servers look for it.
    package init(path: String?) { self.path = path }

    /// Writes the example, says where, and exits; 1 when it is there already or can't be written.
    package func run() -> Never {
        let text = Array(ExampleConfiguration.text.utf8)
        if path == "-" {
            Program.out(text)
            Program.exit(0)
        }
        guard let path = path ?? ConfigurationLocation.userFile(ConfigurationSources.processEnvironment) else {
            Program.fail("neither XDG_CONFIG_HOME nor HOME is set; name the file: ambit config init FILE")
        }
        do throws(NewFiles.Failure) {
            try NewFiles.makeFolder(of: path)
            try NewFiles.write(text, to: path, mode: 0o600)
        } catch {
            Program.fail(error.text)
        }
        let isDefault = path == ConfigurationLocation.userFile(ConfigurationSources.processEnvironment)
        Program.say("wrote \(path); `ambit config check\(isDefault ? "" : " --config \(path)")` says what is in force")
        Program.exit(0)
    }
}
