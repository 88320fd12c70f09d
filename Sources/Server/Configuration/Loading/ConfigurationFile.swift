import CLinux
import Glibc

/// A configuration file that was read: its path and the members of its mapping.
struct ConfigurationFile: Sendable {
    static let largest = 1 << 20

    let path: String
    let members: [YAMLNode.Member]

    /// Nil where there is none to read.
    static func load(_ location: ConfigurationLocation) throws(ConfigurationProblem) -> ConfigurationFile? {
        switch location {
        case .none: return nil
        case .named(let path):
            guard let bytes = try bytes(path) else { throw ConfigurationProblem("\(path): there is no such file") }
            return try ConfigurationFile(path, bytes)
        case .user(let path):
            guard let bytes = try bytes(path) else { return nil }
            return try ConfigurationFile(path, bytes)
        }
    }

    init(_ path: String, _ bytes: [UInt8]) throws(ConfigurationProblem) {
        self.path = path
        let root: YAMLNode?
        do throws(YAMLError) {
            root = try YAMLReader.read(bytes)
        } catch {
            throw ConfigurationProblem("\(ConfigurationProblem.place(path, error.line)): \(error.text)")
        }
        switch root {
        case nil: members = []
        case .mapping(let members, _)?: self.members = members
        case let other?:
            if other.isNull {
                members = []
            } else {
                throw ConfigurationProblem(
                    "\(ConfigurationProblem.place(path, other.line)): it is \(other.kind); expected a mapping, like 'port: 7777'")
            }
        }
    }

    subscript(key: String) -> YAMLNode.Member? { members.first { $0.key == key } }

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
