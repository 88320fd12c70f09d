internal import AmbitPlugin

/// Tasks of Visual Studio Code, as far as they run a program without asking for anything.
enum EditorTasks {
    private static let file = ".vscode/tasks.json"

    static func scripts(_ folder: ProjectFolder) -> [Script] {
        guard let text = folder.text(file), let root = try? JSON(parsing: JSONWithComments.stripped(text)),
            case .array(let tasks)? = root["tasks"]
        else { return [] }
        return tasks.compactMap { script($0, folder) }
    }

    private static func script(_ task: JSON, _ folder: ProjectFolder) -> Script? {
        let type = task["type"]?.string ?? "shell"
        guard let label = task["label"]?.string ?? task["taskName"]?.string else { return nil }
        func resolved(_ text: String) -> String? {
            let text = text.replacingAll("${workspaceFolder}", with: folder.path).replacingAll("${workspaceRoot}", with: folder.path)
            return text.holds("${") ? nil : text
        }
        let arguments: [String]
        if type == "npm", let script = task["script"]?.string {
            arguments = ["npm", "run", script]
        } else if type == "shell" || type == "process", let command = task["command"]?.string.flatMap(resolved) {
            var list: [String] = []
            if case .array(let elements)? = task["args"] {
                for element in elements {
                    guard let argument = (element.string ?? element["value"]?.string).flatMap(resolved) else { return nil }
                    list.append(argument)
                }
            }
            arguments = type == "process" ? [command] + list : ["/bin/sh", "-c", ([command] + list).joined(separator: " ")]
        } else {
            return nil
        }
        var environment: [String: String] = [:]
        if case .object(let members)? = task["options"]?["env"] {
            for (name, value) in members.members { environment[name] = value.string.flatMap(resolved) }
        }
        let directory = task["options"]?["cwd"]?.string.flatMap(resolved) ?? ""
        return Script(
            label, in: file, arguments, directory: directory, summary: task["detail"]?.string ?? task["command"]?.string,
            environment: environment)
    }
}

extension String {
    fileprivate func replacingAll(_ text: String, with other: String) -> String {
        var result = ""
        var rest = self[...]
        while let found = rest.place(of: text) {
            result += rest[..<found.lowerBound] + other
            rest = rest[found.upperBound...]
        }
        return result + rest
    }
}
