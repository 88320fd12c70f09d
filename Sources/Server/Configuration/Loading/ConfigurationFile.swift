import CLinux
import Glibc
import YAML

/// A configuration file that was read: its path and the members of its mapping.
struct ConfigurationFile: Sendable {
    static let largest = 1 << 20

    let path: String
    let members: [YAMLNode.Member]
    /// What its text got wrong as YAML.
    let problems: [ConfigurationProblem]
    /// Whether all of it was understood: where not, what is missing may have been in the rest.
    let isWhole: Bool

    /// Nil where there is none to read.
    static func load(_ location: ConfigurationLocation) throws(ConfigurationProblem) -> ConfigurationFile? {
        switch location {
        case .none: return nil
        case .named(let path):
            guard let bytes = try bytes(path) else { throw ConfigurationProblem("\(path): there is no such file") }
            return ConfigurationFile(path, bytes)
        case .user(let path):
            guard let bytes = try bytes(path) else { return nil }
            return ConfigurationFile(path, bytes)
        }
    }

    init(_ path: String, _ bytes: [UInt8]) {
        self.path = path
        let document = YAMLReader.read(bytes)
        var problems = document.problems.map { problem in
            ConfigurationProblem("\(ConfigurationProblem.place(path, problem.line)): \(problem.text)", line: problem.line)
        }
        var isWhole = document.isWhole
        switch document.root {
        case nil: members = []
        case .mapping(let members, _)?: self.members = members
        case let other?:
            members = []
            if !other.isNull { isWhole = false }
            if !other.isNull, !other.isRefused {
                problems.append(
                    ConfigurationProblem(
                        "\(ConfigurationProblem.place(path, other.line)): it is \(other.kind); expected a mapping, like 'port: 7777'",
                        line: other.line))
            }
        }
        self.problems = problems
        self.isWhole = isWhole
    }

    subscript(key: String) -> YAMLNode.Member? { members.first { $0.key == key } }

    /// The line of a setting, or of one element of its list or mapping.
    func line(of key: String, element: Int? = nil) -> Int {
        guard let member = self[key] else { return 0 }
        guard let element else { return member.line }
        switch member.value {
        case .sequence(let elements, _) where elements.indices.contains(element): return elements[element].line
        case .mapping(let members, _) where members.indices.contains(element): return members[element].line
        default: return member.line
        }
    }

    /// Folder of the file: what its paths are relative to.
    var folder: String { path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "." }

    /// Nil where there is no file. One that others could change is refused: whoever writes it chooses the code that is loaded.
    private static func bytes(_ path: String) throws(ConfigurationProblem) -> [UInt8]? {
        var distrust = ambit_linux_distrust()
        let descriptor = ambit_linux_open_watched(path, geteuid(), &distrust)
        guard descriptor >= 0 else {
            if -descriptor == ENOENT { return nil }
            throw ConfigurationProblem("\(path): it can't be read: \(String(cString: strerror(-descriptor)))")
        }
        defer { _ = ambit_linux_close(descriptor) }
        var facts = ambit_linux_file_facts()
        guard ambit_linux_fd_facts(descriptor, &facts) == 0, facts.kind == AMBIT_LINUX_KIND_FILE else {
            throw ConfigurationProblem("\(path): it is not a file")
        }
        if distrust.why != 0 {
            let place = withUnsafeBytes(of: &distrust.path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if distrust.why & AMBIT_LINUX_DISTRUST_OWNER != 0 {
                throw ConfigurationProblem(
                    "\(path): \(place) belongs to user \(distrust.owner), who could change what is loaded; it must belong to you or to root"
                )
            }
            throw ConfigurationProblem(
                "\(path): others may write to \(place), and so change what is loaded; run: chmod go-w '\(place)'")
        }
        guard let bytes = SmallFile.read(descriptor, atMost: largest) else {
            throw ConfigurationProblem("\(path): it can't be read, or is larger than \(ByteCountText.write(largest))")
        }
        return bytes
    }
}
