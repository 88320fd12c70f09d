/// All scripts of a project, in the order of the detectors.
enum ProjectScripts {
    static func find(in folder: ProjectFolder) -> [Script] {
        let detectors: [(ProjectFolder) -> [Script]] = [
            PackageJSON.scripts, DenoJSON.scripts, MakeTargets.scripts, JustRecipes.scripts, CargoManifest.scripts, GoModule.scripts,
            SwiftPackage.scripts, PythonProject.scripts, JavaBuild.scripts, DotNetProject.scripts, RubyProject.scripts,
            ComposerJSON.scripts, EditorTasks.scripts, Procfile.scripts,
        ]
        return detectors.flatMap { $0(folder) }
    }

    /// The scripts that a name may mean: of this name, or `source:name` where several files have one.
    static func named(_ name: String, among scripts: [Script]) -> [Script] {
        let exact = scripts.filter { $0.name == name }
        return exact.isEmpty ? scripts.filter { "\($0.source):\($0.name)" == name } : exact
    }
}
