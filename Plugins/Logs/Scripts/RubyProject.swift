/// Tasks of a Rakefile, and what everybody runs in a Ruby project.
enum RubyProject {
    static func scripts(_ folder: ProjectFolder) -> [Script] {
        let runner = folder.has("Gemfile") ? ["bundle", "exec"] : []
        var scripts: [Script] = []
        if let file = folder.first(["Rakefile", "rakefile", "Rakefile.rb"]), let text = folder.text(file) {
            scripts += tasks(text).map { Script($0.name, in: file, runner + ["rake", $0.name], summary: $0.summary) }
        }
        if folder.has("bin/rails") {
            scripts += [
                Script("server", in: "bin/rails", ["bin/rails", "server"]), Script("test", in: "bin/rails", ["bin/rails", "test"]),
            ]
        }
        if folder.has("bin/dev") { scripts.append(Script("dev", in: "bin/dev", ["bin/dev"])) }
        if folder.has(".rspec") || folder.isFolder("spec"), folder.has("Gemfile") {
            scripts.append(Script("rspec", in: "Gemfile", runner + ["rspec"]))
        }
        return scripts
    }

    /// `task :name` and `task name: …` outside of namespaces, with the `desc` before.
    private static func tasks(_ text: String) -> [(name: String, summary: String?)] {
        var tasks: [(name: String, summary: String?)] = []
        var summary: String?
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("desc ") {
                summary = String(line.drop { $0 != "\"" && $0 != "'" }.dropFirst().prefix { $0 != "\"" && $0 != "'" })
            } else if line.hasPrefix("task ") || line.hasPrefix("task(") {
                let name = line.dropFirst(5).drop { ":\"' (".contains($0) }.prefix { $0.isLetter || $0.isNumber || "_-".contains($0) }
                if !name.isEmpty, name != "default" { tasks.append((String(name), summary)) }
                summary = nil
            }
        }
        return tasks
    }
}
