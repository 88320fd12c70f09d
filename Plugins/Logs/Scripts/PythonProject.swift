/// A Python project: its entry points and tasks, run by uv or Poetry where their lock file is, and what everybody runs.
enum PythonProject {
    static func scripts(_ folder: ProjectFolder) -> [Script] {
        var scripts: [Script] = []
        if let text = folder.text("pyproject.toml") { scripts += project(TOMLSections(text), folder) }
        if folder.has("manage.py") {
            let runner = runner(folder)
            scripts += ["runserver", "migrate", "test"].map { Script($0, in: "manage.py", runner + ["python", "manage.py", $0]) }
        }
        if !scripts.contains(where: { $0.name == "test" }),
            folder.first(["pytest.ini", "tox.ini", "conftest.py"]) != nil || isTested(folder)
        {
            scripts.append(Script("test", in: folder.has("pyproject.toml") ? "pyproject.toml" : "tests", runner(folder) + ["pytest"]))
        }
        return scripts
    }

    private static func project(_ file: TOMLSections, _ folder: ProjectFolder) -> [Script] {
        let source = "pyproject.toml"
        let runner = runner(folder)
        var scripts = (file["project.scripts"] + file["tool.poetry.scripts"]).map {
            Script($0.key, in: source, runner + [$0.key], summary: $0.value)
        }
        scripts += file["tool.pdm.scripts"].map { Script($0.key, in: source, ["pdm", "run", $0.key], summary: $0.value) }
        scripts += file["tool.poe.tasks"].map { Script($0.key, in: source, runner + ["poe", $0.key], summary: $0.value) }
        scripts += file["tool.taskipy.tasks"].map { Script($0.key, in: source, runner + ["task", $0.key], summary: $0.value) }
        scripts += file["tool.hatch.envs.default.scripts"].map { Script($0.key, in: source, ["hatch", "run", $0.key], summary: $0.value) }
        if file.has("tool.pytest"), !scripts.contains(where: { $0.name == "test" }) {
            scripts.append(Script("test", in: source, runner + ["pytest"]))
        }
        return scripts
    }

    private static func runner(_ folder: ProjectFolder) -> [String] {
        if folder.has("uv.lock") { return ["uv", "run"] }
        return folder.has("poetry.lock") ? ["poetry", "run"] : []
    }

    private static func isTested(_ folder: ProjectFolder) -> Bool {
        (folder.has("pyproject.toml") || folder.has("requirements.txt"))
            && folder.entries("tests").contains { $0.hasPrefix("test_") && $0.hasSuffix(".py") }
    }
}
