/// A Cargo package or workspace: what everybody runs, and its programs.
enum CargoManifest {
    static func scripts(_ folder: ProjectFolder) -> [Script] {
        guard let text = folder.text("Cargo.toml") else { return [] }
        let manifest = TOMLSections(text)
        var scripts = [
            Script("build", in: "Cargo.toml", ["cargo", "build"]), Script("test", in: "Cargo.toml", ["cargo", "test"]),
            Script("clippy", in: "Cargo.toml", ["cargo", "clippy"]),
        ]
        var programs = manifest.all("bin", "name")
        if folder.has("src/main.rs"), let name = manifest.value("package", "name"), !programs.contains(name) {
            programs.insert(name, at: 0)
        }
        programs += folder.entries("src/bin").filter { $0.hasSuffix(".rs") }.map { String($0.dropLast(3)) }.filter {
            !programs.contains($0)
        }
        if programs.count == 1 {
            scripts.append(Script("run", in: "Cargo.toml", ["cargo", "run"], summary: programs[0]))
        } else {
            scripts += programs.map { Script("run:\($0)", in: "Cargo.toml", ["cargo", "run", "--bin", $0]) }
        }
        return scripts
    }
}
