/// A Go module: what everybody runs, and its programs.
enum GoModule {
    static func scripts(_ folder: ProjectFolder) -> [Script] {
        guard folder.has("go.mod") else { return [] }
        var scripts = [
            Script("build", in: "go.mod", ["go", "build", "./..."]), Script("test", in: "go.mod", ["go", "test", "./..."]),
            Script("vet", in: "go.mod", ["go", "vet", "./..."]),
        ]
        if folder.has("main.go") { scripts.append(Script("run", in: "go.mod", ["go", "run", "."])) }
        scripts += folder.entries("cmd").filter { folder.has("cmd/\($0)/main.go") }
            .map { Script("run:\($0)", in: "go.mod", ["go", "run", "./cmd/\($0)"]) }
        return scripts
    }
}
