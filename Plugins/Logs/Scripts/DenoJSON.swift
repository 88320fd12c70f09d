internal import AmbitPlugin

/// `tasks` of deno.json.
enum DenoJSON {
    static func scripts(_ folder: ProjectFolder) -> [Script] {
        guard let file = folder.first(["deno.json", "deno.jsonc"]), let text = folder.text(file),
            let root = try? JSON(parsing: JSONWithComments.stripped(text)), case .object(let tasks)? = root["tasks"]
        else { return [] }
        return tasks.members.map { name, task in
            Script(name, in: file, ["deno", "task", name], summary: task.string ?? task["command"]?.string)
        }
    }
}
