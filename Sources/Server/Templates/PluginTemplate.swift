import PluginHost

/// What a new plugin is made of: names and paths, and how they are put into a template's files.
struct PluginTemplate {
    let name: String
    let language: PluginLanguage
    /// Absolute path of the plugin's folder.
    let folder: String
    /// Of the running program, and of what was installed with it.
    let ambit: String
    let sdk: String
    let include: String

    /// Why a plugin of that name can't be made, or nil.
    static func problem(withName name: String) -> String? {
        if PluginName.isValid(name) { return nil }
        return "'\(name)' is no name for a plugin; expected \(PluginName.rule), like weather or log-search"
    }

    /// Why a path can't stand in the files, or nil: no quoting fits Make, the shell and Swift at once.
    static func problem(withPath path: String) -> String? {
        let forbidden = path.unicodeScalars.first { scalar in "\"'\\$#`:;".unicodeScalars.contains(scalar) || scalar.value < 0x20 }
        return forbidden.map { "the path \(path) has '\($0)' in it, which the generated files can't hold; choose another folder" }
    }

    /// Name of the Swift module and type. It never is one of the SDK's.
    var type: String {
        var type = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        if !type.hasSuffix("Plugin") || type == "Plugin" || type == "AmbitPlugin" { type += "Plugin" }
        return type == "AmbitPlugin" ? "AmbitItselfPlugin" : type
    }

    /// What its tools' names begin with.
    var tool: String { String(name.map { $0 == "-" ? "_" : $0 }) }

    /// Of the folder.
    var library: String {
        switch language {
        case .swift: ".build/debug/lib\(type).so"
        case .c: "lib\(name).so"
        }
    }

    /// A text or a file's path with its placeholders filled in.
    func fill(_ text: String) -> String {
        let values = [
            "@NAME@": name, "@TYPE@": type, "@TOOL@": tool, "@LIBRARY@": library, "@FOLDER@": folder, "@AMBIT@": ambit, "@SDK@": sdk,
            "@INCLUDE@": include,
        ]
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstIndex(of: "@") {
            result += rest[..<start]
            rest = rest[start...]
            if let (placeholder, value) = values.first(where: { rest.hasPrefix($0.key) }) {
                result += value
                rest = rest.dropFirst(placeholder.count)
            } else {
                result += "@"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    /// Where a file of the template goes, relative to the plugin's folder. Names end with `.in`; `gitignore` gets its dot.
    func destination(of file: String) -> String {
        let path = fill(file.hasSuffix(".in") ? String(file.dropLast(3)) : file)
        return path == "gitignore" ? ".gitignore" : path
    }
}
