/// A solution or projects of .NET.
enum DotNetProject {
    static func scripts(_ folder: ProjectFolder) -> [Script] {
        let entries = folder.entries()
        let projects = entries.filter { [".csproj", ".fsproj", ".vbproj"].contains(where: $0.hasSuffix) }
        guard let file = entries.first(where: { $0.hasSuffix(".sln") || $0.hasSuffix(".slnx") }) ?? projects.first else { return [] }
        var scripts = ["build", "test"].map { Script($0, in: file, ["dotnet", $0, file]) }
        let members =
            projects
            + folder.folders(matching: "*").flatMap { member in
                folder.entries(member).filter { $0.hasSuffix(".csproj") || $0.hasSuffix(".fsproj") }.map { "\(member)/\($0)" }
            }
        let programs = members.filter { member in
            let text = folder.text(member) ?? ""
            return text.holds("<OutputType>Exe") || text.holds("Microsoft.NET.Sdk.Web") || text.holds("Microsoft.NET.Sdk.Worker")
        }
        for program in programs {
            let name = program.split(separator: "/").last.map(String.init) ?? program
            let title = programs.count == 1 ? "run" : "run:\(name.prefix { $0 != "." })"
            scripts.append(Script(title, in: program, ["dotnet", "run", "--project", program]))
        }
        return scripts
    }
}
