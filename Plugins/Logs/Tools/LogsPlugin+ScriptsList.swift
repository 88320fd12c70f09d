internal import AmbitPlugin

extension LogsPlugin {
    var scriptsList: Tool {
        Tool.blocking(
            "scripts_list",
            """
            Lists what a project says it can run: scripts of package.json (npm, pnpm, yarn, bun; workspaces) and deno.json, targets of a \
            Makefile, recipes of a justfile, Cargo, Go, SwiftPM, Python (pyproject, uv, Poetry), Gradle, Maven, .NET, Rake, Composer, VS \
            Code tasks and Procfile. process_run starts one with "script".
            """,
            .string("cwd", "The project's folder. Default: the server's workspace.").optional,
            title: "List scripts", annotations: Annotations(readOnly: true, idempotent: true, openWorld: false), output: Self.scriptsOutput
        ) { [host] _, directory in
            let folder = try Self.projectFolder(directory, host)
            let scripts = ProjectScripts.find(in: folder)
            let texts = scripts.map { script in
                "\(script.name)  (\(script.source))  \(Launch.display(script.arguments))\(script.summary.map { "  # \($0)" } ?? "")"
            }
            let first = scripts.isEmpty ? "No scripts found in \(folder.path)." : "\(scripts.count) scripts in \(folder.path):"
            return .json(
                .object(["cwd": .string(folder.path), "scripts": JSON(scripts.map(\.json))]),
                text: ([first] + texts).joined(separator: "\n"))
        }
    }

    /// The folder that is given, or the one that the server works in.
    static func projectFolder(_ directory: String?, _ host: Host) throws -> ProjectFolder {
        let workspace = try host.paths.workspace
        guard let directory, !directory.isEmpty else { return ProjectFolder(path: workspace) }
        let folder = ProjectFolder(path: directory.hasPrefix("/") ? directory : "\(workspace)/\(directory)")
        guard folder.isFolder(".") else { throw ToolError("no such directory: \(folder.path)") }
        return folder
    }

    private static var scriptsOutput: JSON {
        Schema.object(
            JSON.Object([("cwd", ["type": "string"]), ("scripts", Schema.list(of: Script.schema))]), required: ["cwd", "scripts"])
    }
}

extension Script {
    var json: JSON {
        .object([
            "name": .string(name), "source": .string(source), "argv": JSON(arguments),
            "cwd": directory.isEmpty ? JSON?.none : .string(directory), "description": summary.map(JSON.string),
        ])
    }

    static let schema = Schema.object(
        JSON.Object([
            ("name", Schema.described("string", "Pass it to process_run as \"script\".")),
            ("source", Schema.described("string", "The file that has it; \"source:name\" names one of several of this name.")),
            ("argv", ["type": "array", "items": ["type": "string"]]),
            ("cwd", Schema.described("string", "Where it runs, from the project's folder on.")), ("description", ["type": "string"]),
        ]), required: ["name", "source", "argv"])
}
