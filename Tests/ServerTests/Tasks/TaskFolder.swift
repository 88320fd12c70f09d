import Glibc

/// Where runs of a test's server keep their tasks; gone with it.
final class TaskFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/ambit-task-tests.XXXXXX".utf8CString)
        path = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
    }

    deinit { _ = system("rm -rf '\(path)'") }

    static func names(in folder: String) -> [String] {
        guard let folder = opendir(folder) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Of the runs.
    var folders: [String] { Self.names(in: path).map { "\(path)/\($0)" } }
}
