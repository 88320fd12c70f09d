import Glibc

/// `ambit plugin new`.
package struct PluginNewProgram {
    private let name: String
    private let language: PluginLanguage
    private let path: String?

    /// - Parameter path: of the new folder; nil: the name, in the current folder.
    package init(name: String, language: PluginLanguage, path: String?) {
        self.name = name
        self.language = language
        self.path = path
    }

    /// Writes the plugin's files, says what to do next, and exits; 1 when it can't, and then nothing was overwritten.
    package func run() -> Never {
        if let problem = PluginTemplate.problem(withName: name) { Program.fail(problem) }
        guard let templates = InstalledFiles.templates, let sdk = InstalledFiles.sdk, let include = InstalledFiles.include,
            let ambit = InstalledFiles.path
        else { Program.fail("the templates that belong to this program are not there; install Ambit with `make install`") }
        let folder = absolute(path ?? name)
        let template = PluginTemplate(name: name, language: language, folder: folder, ambit: ambit, sdk: sdk, include: include)
        for path in [folder, ambit, sdk, include] {
            if let problem = PluginTemplate.problem(withPath: path) { Program.fail(problem) }
        }
        if let existing = TemplateFiles.list(folder), !existing.isEmpty {
            Program.fail("\(folder) is there already and not empty; choose another folder with --path")
        }
        do throws(NewFiles.Failure) {
            for kind in ["common", language.rawValue] { try write("\(templates)/\(kind)", template) }
        } catch {
            Program.fail(error.text)
        }
        Program.out(Array(next(template).utf8))
        Program.exit(0)
    }

    private func write(_ source: String, _ template: PluginTemplate) throws(NewFiles.Failure) {
        guard let files = TemplateFiles.list(source) else { throw .init(text: "\(source) can't be read") }
        for file in files {
            guard let (text, mode) = TemplateFiles.read("\(source)/\(file)") else { throw .init(text: "\(source)/\(file) can't be read") }
            let destination = "\(template.folder)/\(template.destination(of: file))"
            try NewFiles.makeFolder(of: destination)
            try NewFiles.write(Array(template.fill(text).utf8), to: destination, mode: mode & 0o111 != 0 ? 0o755 : 0o644)
        }
    }

    private func next(_ template: PluginTemplate) -> String {
        let commands =
            switch language {
            case .swift: ["swift build", "swift test && ./test.sh", "\(template.ambit) serve --plugin \(template.library)"]
            case .c: ["make", "make test", "make serve"]
            }
        return "made \(template.folder); next:\n\n  cd \(template.folder)\n" + commands.map { "  \($0)\n" }.joined()
    }

    private func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return String(cString: current) + "/" + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
    }
}
