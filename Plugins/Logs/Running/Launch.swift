internal import AmbitPlugin

/// What is to be run, checked.
struct Launch: Equatable, Sendable {
    let arguments: [String]
    /// As people would type it.
    let display: String
    let directory: String?
    /// "NAME=value"
    let environment: [String]
    let name: String
    /// What it is a start of, where a second one is noticed: a script.
    var key: String?
    /// Its input is a pipe that can be written to; else it is empty.
    var takesInput = false
    /// It runs in a terminal of its own.
    var hasTerminal = false

    init(
        command: String?, argv: [String]?, directory: String?, environment: [(name: String, value: String)], name: String?
    ) throws(ToolError) {
        switch (command, argv) {
        case (nil, nil):
            throw ToolError(
                """
                Nothing to run: give "command" (a line for the shell), "argv" (the program and its arguments), or "script" (see scripts_list).
                """)
        case (.some, .some):
            throw ToolError("Both \"command\" and \"argv\" are given: leave one out.")
        case (let command?, nil):
            guard command.contains(where: { !$0.isWhitespace }) else { throw ToolError("\"command\" is empty.") }
            arguments = ["/bin/sh", "-c", command]
            display = command
        case (nil, let argv?):
            guard let program = argv.first, !program.isEmpty else {
                throw ToolError("\"argv\" is empty: its first element is the program.")
            }
            arguments = argv
            display = Launch.display(argv)
        }
        for argument in arguments where argument.utf8.contains(0) {
            throw ToolError("\(command == nil ? "\"argv\"" : "\"command\"") contains a zero byte, which no program can be given.")
        }
        if let directory, directory.isEmpty || directory.utf8.contains(0) {
            throw ToolError("\"cwd\" is no path: leave it out to run where the server runs.")
        }
        for (name, value) in environment where name.isEmpty || name.contains("=") || name.utf8.contains(0) || value.utf8.contains(0) {
            throw ToolError("\"env\": \(JSON.string(name).text) is no name of a variable, or its value contains a zero byte.")
        }
        self.directory = directory
        self.environment = environment.map { "\($0.name)=\($0.value)" }
        if let name, name.contains(where: { !$0.isWhitespace }) {
            self.name = name
        } else {
            self.name = Launch.name(of: command.map(Launch.firstWord) ?? arguments[0])
        }
    }

    /// A script of a project.
    init(_ script: Script, in folder: ProjectFolder, environment: [(name: String, value: String)], name: String?) throws(ToolError) {
        let directory =
            script.directory.isEmpty
            ? folder.path : script.directory.hasPrefix("/") ? script.directory : "\(folder.path)/\(script.directory)"
        let own = script.environment.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        try self.init(
            command: nil, argv: script.arguments, directory: directory, environment: own + environment, name: name ?? script.name)
        key = "\(directory)\n\(script.source):\(script.name)"
    }

    /// As people would type it.
    static func display(_ arguments: [String]) -> String { arguments.map(quoted).joined(separator: " ") }

    /// The last component of the program's path.
    private static func name(of program: String) -> String {
        program.split(separator: "/").last.map(String.init) ?? program
    }

    /// The program in a line for the shell, behind assignments.
    private static func firstWord(_ command: String) -> String {
        let words = command.split(whereSeparator: \.isWhitespace)
        let word = words.first { !$0.contains("=") } ?? words.first ?? "sh"
        return String(word)
    }

    private static func quoted(_ argument: String) -> String {
        let isPlain = argument.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || "0123456789-_./:=@%+,".unicodeScalars.contains($0)
        }
        if isPlain, !argument.isEmpty { return argument }
        var quoted = "'"
        for character in argument {
            if character == "'" { quoted += "'\\''" } else { quoted.append(character) }
        }
        return quoted + "'"
    }
}
