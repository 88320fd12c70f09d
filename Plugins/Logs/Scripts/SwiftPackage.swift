/// A Swift package: what everybody runs, and its programs.
enum SwiftPackage {
    static func scripts(_ folder: ProjectFolder) -> [Script] {
        guard let text = folder.text("Package.swift") else { return [] }
        let programs = names(text)
        var scripts = [
            Script("build", in: "Package.swift", ["swift", "build"]), Script("test", in: "Package.swift", ["swift", "test"]),
        ]
        if programs.count == 1 {
            scripts.append(Script("run", in: "Package.swift", ["swift", "run", programs[0]]))
        } else {
            scripts += programs.map { Script("run:\($0)", in: "Package.swift", ["swift", "run", $0]) }
        }
        return scripts
    }

    /// Of `.executableTarget(name: "…"`, wherever the name stands.
    private static func names(_ text: String) -> [String] {
        var names: [String] = []
        var rest = text[...]
        while let found = rest.place(of: ".executableTarget(") {
            rest = rest[found.upperBound...]
            guard let name = rest.place(of: "name:") else { break }
            let quoted = rest[name.upperBound...].drop { $0 != "\"" }.dropFirst().prefix { $0 != "\"" && !$0.isNewline }
            if !quoted.isEmpty, !names.contains(String(quoted)) { names.append(String(quoted)) }
        }
        return names
    }
}
