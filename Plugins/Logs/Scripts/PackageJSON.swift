internal import AmbitPlugin
private import YAML

/// `scripts` of package.json, run by the manager whose lock file there is; those of workspaces too.
enum PackageJSON {
    static func scripts(_ folder: ProjectFolder) -> [Script] {
        guard let root = json(folder, "package.json") else { return [] }
        let manager = manager(folder, root)
        var scripts = scripts(of: root, "package.json", "", manager)
        var members = Set<String>()
        for pattern in workspaces(folder, root) {
            for member in folder.folders(matching: pattern) where members.insert(member).inserted {
                let file = "\(member)/package.json"
                if let package = json(folder, file) { scripts += Self.scripts(of: package, file, member, manager) }
            }
        }
        return scripts
    }

    private static func json(_ folder: ProjectFolder, _ name: String) -> JSON? { folder.text(name).flatMap { try? JSON(parsing: $0) } }

    private static func scripts(of root: JSON, _ file: String, _ directory: String, _ manager: String) -> [Script] {
        guard case .object(let scripts)? = root["scripts"] else { return [] }
        return scripts.members.compactMap { name, value in
            guard let command = value.string, !isHook(name, scripts) else { return nil }
            return Script(name, in: file, [manager, "run", name], directory: directory, summary: command)
        }
    }

    /// `prebuild` runs by itself where there is a `build`.
    private static func isHook(_ name: String, _ scripts: JSON.Object) -> Bool {
        ["pre", "post"].contains { name.hasPrefix($0) && scripts[String(name.dropFirst($0.count))] != nil }
    }

    private static func manager(_ folder: ProjectFolder, _ root: JSON) -> String {
        if let named = root["packageManager"]?.string?.split(separator: "@").first, ["npm", "pnpm", "yarn", "bun"].contains(String(named)) {
            return String(named)
        }
        let locks = [("pnpm-lock.yaml", "pnpm"), ("yarn.lock", "yarn"), ("bun.lock", "bun"), ("bun.lockb", "bun")]
        return locks.first { folder.has($0.0) }?.1 ?? "npm"
    }

    private static func workspaces(_ folder: ProjectFolder, _ root: JSON) -> [String] {
        let list = root["workspaces"]?["packages"] ?? root["workspaces"]
        if case .array(let patterns)? = list { return patterns.compactMap(\.string) }
        guard let text = folder.text("pnpm-workspace.yaml"), case .mapping(let members, _)? = YAMLReader.read(Array(text.utf8)).root,
            case .sequence(let patterns, _)? = members.first(where: { $0.key == "packages" })?.value
        else { return [] }
        return patterns.compactMap { if case .scalar(let text, _, _) = $0, !text.hasPrefix("!") { text } else { nil } }
    }
}
