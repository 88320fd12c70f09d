internal import AmbitPlugin
private import Glibc

/// The program of an interpreter, found when it is opened.
struct Program: Equatable, Sendable {
    let language: Language
    /// Absolute, or as it was given where that has a slash.
    let path: String
    let directory: String?
    /// "NAME=value"
    let environment: [String]
    /// A browser that runs already; nil: one of our own.
    let attachment: Attachment?

    struct Attachment: Equatable, Sendable {
        /// Of its debugging protocol, on this machine.
        let port: Int
        /// What the id, title or address of its page contains; nil: a page of our own.
        let page: String?
    }

    /// - Parameters:
    ///   - given: a name or a path to use instead of the usual ones.
    ///   - search: folders between colons.
    init(
        _ language: Language, given: String?, directory: String?, environment: [(name: String, value: String)], search: String,
        attachment: Attachment? = nil
    ) throws(ToolError) {
        guard attachment == nil || language == .browser else {
            throw ToolError("\(language.title) was not opened: \"port\" and \"page\" are a browser's.")
        }
        if let directory {
            guard Program.isFolder(directory) else {
                throw ToolError("\(language.title) was not opened: \"cwd\" is no directory: \(directory).")
            }
        }
        for (name, value) in environment where name.isEmpty || name.contains("=") || name.utf8.contains(0) || value.utf8.contains(0) {
            throw ToolError("\"env\": \(JSON.string(name).text) is no name of a variable, or its value contains a zero byte.")
        }
        // bash connects to a browser that runs already.
        let names = attachment != nil ? ["bash"] : given.map { [$0] } ?? language.programs
        guard let path = names.lazy.compactMap({ Program.find($0, from: directory, search: search) }).first else {
            if let given { throw ToolError("\(language.title) was not opened: \(given) is not there, or is no program that may be run.") }
            guard attachment == nil else { throw ToolError("A browser that runs already is reached through bash, which is not in PATH.") }
            let missing = names.joined(separator: " nor ")
            throw ToolError("\(language.title) is not installed: PATH has no \(missing). To get it: \(language.installation).")
        }
        self.language = language
        self.attachment = attachment
        self.path = path
        self.directory = directory
        self.environment = environment.map { "\($0.name)=\($0.value)" }
    }

    /// PATH of the server.
    static var search: String { getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin" }

    private static func find(_ name: String, from directory: String?, search: String) -> String? {
        guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
        if name.contains("/") {
            let path = name.hasPrefix("/") ? name : directory.map { "\($0)/\(name)" } ?? name
            guard isProgram(path), let resolved = realpath(folder(of: path), nil) else { return nil }
            defer { free(resolved) }
            // The last part stays as it is: a Python finds its virtual environment by the link that it was started by.
            return "\(String(cString: resolved))/\(path.split(separator: "/").last ?? "")"
        }
        return search.split(separator: ":").lazy.map { "\($0)/\(name)" }.first(where: isProgram)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func isProgram(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return !path.isEmpty && !path.utf8.contains(0) && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
