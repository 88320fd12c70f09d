import JSON
import MCP

/// One request of the control socket, understood: `{"version":1,"command":"scopes", …}` (docs/control.md).
enum ControlRequest {
    case server
    case health
    case scopes(ScopeQuery, watch: Int64?)
    case tools
    /// `endSession`: what the call begins ends with it.
    case call(name: String, arguments: JSONValue?, level: LogLevel?, endSession: Bool)
    case plugins
    case change(Change, plugin: String)
    /// Nil: only tell it.
    case logLevel(String?)
    case metrics
    case reloadCertificates

    enum Change: String, CaseIterable { case enable, disable, restart }

    static let commands = [
        "call", "health", "log-level", "metrics", "plugin-disable", "plugin-enable", "plugin-restart", "plugins",
        "reload-certificates", "scopes",
        "server", "tools",
    ]

    /// How often a watched tree is sent, milliseconds.
    static let intervals: ClosedRange<Int64> = 100...3_600_000

    /// Strict: a member that the command does not know is an error.
    static func parse(_ line: [UInt8]) -> Result<ControlRequest, ControlError> {
        do throws(ControlError) {
            let root: JSONValue
            do throws(JSONError) {
                root = try JSONDocument(line).root
            } catch {
                throw ControlError(.invalidRequest, "the request is not JSON: \(error)")
            }
            guard root.kind == .object, !root.hasDuplicateKeys else {
                throw ControlError(.invalidRequest, "a request is an object, each of its members there once")
            }
            guard let version = root["version"]?.int64 else {
                throw ControlError(.invalidRequest, "version is missing; it is \(ControlLine.version)")
            }
            guard version == ControlLine.version else {
                throw ControlError(.unsupportedVersion, "version \(version) is not spoken here; \(ControlLine.version) is")
            }
            guard let command = root["command"]?.string else {
                throw ControlError(.invalidRequest, "command is missing; it is one of \(commands.joined(separator: ", "))")
            }
            return .success(try read(command, root))
        } catch {
            return .failure(error)
        }
    }

    private static func read(_ command: String, _ root: JSONValue) throws(ControlError) -> ControlRequest {
        let members = ControlMembers(root, command)
        switch command {
        case "server":
            try members.only([])
            return .server
        case "health":
            try members.only([])
            return .health
        case "scopes":
            try members.only(["format", "depth", "path", "watch"])
            let format = try members.string("format") ?? "json"
            guard format == "json" || format == "text" else { throw members.wrong("format", "json or text") }
            return .scopes(
                ScopeQuery(
                    isText: format == "text", depth: try members.integer("depth", in: 0...1_000_000).map { Int($0) },
                    path: try members.string("path")),
                watch: try members.integer("watch", in: intervals))
        case "tools":
            try members.only([])
            return .tools
        case "call":
            try members.only(["name", "arguments", "logLevel", "endSession"])
            guard let name = try members.string("name") else { throw members.wrong("name", "the name of a tool") }
            let arguments = root["arguments"]
            guard arguments == nil || arguments?.kind == .object else { throw members.wrong("arguments", "an object") }
            var level: LogLevel?
            if let text = try members.string("logLevel") {
                level = LogLevel(name: text)
                guard level != nil else { throw members.wrong("logLevel", LogLevel.allCases.map(\.name).joined(separator: ", ")) }
            }
            return .call(name: name, arguments: arguments, level: level, endSession: try members.bool("endSession") ?? false)
        case "plugins":
            try members.only([])
            return .plugins
        case "log-level":
            try members.only(["level"])
            return .logLevel(try members.string("level"))
        case "metrics":
            try members.only([])
            return .metrics
        case "reload-certificates":
            try members.only([])
            return .reloadCertificates
        default:
            for change in Change.allCases where command == "plugin-\(change.rawValue)" {
                try members.only(["name"])
                guard let name = try members.string("name") else { throw members.wrong("name", "the name of a plugin") }
                return .change(change, plugin: name)
            }
            throw ControlError(
                .unknownCommand, "there is no command '\(command.prefix(80))'; there are \(commands.joined(separator: ", "))")
        }
    }
}

/// Members of one request, checked as they are read.
private struct ControlMembers {
    let root: JSONValue
    let command: String

    init(_ root: JSONValue, _ command: String) {
        self.root = root
        self.command = command
    }

    func only(_ names: [String]) throws(ControlError) {
        for (key, _) in root.members {
            guard let name = key.string, name == "version" || name == "command" || names.contains(name) else {
                throw ControlError(.invalidRequest, "'\(command)' has no member '\((key.string ?? "").prefix(80))'")
            }
        }
    }

    func string(_ name: String) throws(ControlError) -> String? {
        guard let value = root[key: name] else { return nil }
        guard let text = value.string else { throw wrong(name, "a string") }
        return text
    }

    func bool(_ name: String) throws(ControlError) -> Bool? {
        guard let value = root[key: name] else { return nil }
        guard let flag = value.bool else { throw wrong(name, "true or false") }
        return flag
    }

    func integer(_ name: String, in range: ClosedRange<Int64>) throws(ControlError) -> Int64? {
        guard let value = root[key: name] else { return nil }
        guard let number = value.int64, range.contains(number) else {
            throw wrong(name, "an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func wrong(_ name: String, _ expected: String) -> ControlError {
        ControlError(.invalidRequest, "\(name) of '\(command)' must be \(expected)")
    }
}
