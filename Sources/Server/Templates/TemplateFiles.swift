import CLinux
import Glibc

/// The files of a template on disk.
enum TemplateFiles {
    static let largest = 256 << 10

    /// Paths relative to the folder, sorted; nil where it can't be read.
    static func list(_ folder: String, below prefix: String = "") -> [String]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var paths: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name.hasPrefix(".") { continue }
            if Int32(entry.pointee.d_type) == Int32(DT_DIR) {
                guard let inner = list("\(folder)/\(name)", below: "\(prefix)\(name)/") else { return nil }
                paths += inner
            } else {
                paths.append(prefix + name)
            }
        }
        return paths.sorted()
    }

    /// Text and permissions; nil where it can't be read.
    static func read(_ path: String) -> (text: String, mode: UInt32)? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = ambit_linux_close(descriptor) }
        var facts = ambit_linux_file_facts()
        guard ambit_linux_fd_facts(descriptor, &facts) == 0, let bytes = SmallFile.read(descriptor, atMost: largest) else { return nil }
        return (String(decoding: bytes, as: UTF8.self), facts.mode)
    }
}
