import CLinux
import Glibc

/// The folders that hold the control sockets of this user's servers, one `<pid>.sock` for each.
///
/// `AMBIT_RUNTIME_DIR` names the only one; else `$XDG_RUNTIME_DIR/ambit`, `/run/user/<uid>/ambit`, `/tmp/ambit-<uid>`: the first that can be
/// used gets a server's socket, and all are looked at for servers, which may have been started with another environment.
package struct ControlFolder: Sendable, Equatable {
    package let path: String

    package init(path: String) { self.path = path }

    /// Those of this user, in order of preference.
    package static var all: [ControlFolder] {
        if let own = variable("AMBIT_RUNTIME_DIR") { return [ControlFolder(path: own)] }
        var paths: [String] = []
        if let runtime = variable("XDG_RUNTIME_DIR"), runtime.hasPrefix("/") { paths.append("\(runtime)/ambit") }
        paths.append("/run/user/\(geteuid())/ambit")
        paths.append("/tmp/ambit-\(geteuid())")
        var folders: [ControlFolder] = []
        for path in paths where !folders.contains(ControlFolder(path: path)) { folders.append(ControlFolder(path: path)) }
        return folders
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// Makes it where it is missing, and sees to it that nobody else can look into it.
    func prepare() throws(StartError) {
        guard socket(of: 4_194_304).utf8.count <= Int(AMBIT_LINUX_LOCAL_PATH) else {
            throw StartError("the path \(path) is too long for a socket")
        }
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw StartError("can't make the folder \(path): \(Self.text(errno))") }
        var facts = ambit_linux_file_facts()
        let code = ambit_linux_path_facts(path, 0, &facts)
        guard code == 0 else { throw StartError("can't look at the folder \(path): \(Self.text(-code))") }
        guard facts.kind == AMBIT_LINUX_KIND_DIRECTORY else { throw StartError("\(path) is not a folder") }
        guard facts.owner == geteuid() else { throw StartError("the folder \(path) belongs to user \(facts.owner), not to \(geteuid())") }
        guard facts.mode & 0o077 == 0 else {
            throw StartError("others can look into the folder \(path); `chmod 700` it")
        }
    }

    func socket(of pid: Int32) -> String { "\(path)/\(pid).sock" }

    /// Sockets in it, by the process id in their names.
    package func sockets() -> [(pid: Int32, path: String)] {
        var found: [(pid: Int32, path: String)] = []
        for name in names() {
            guard name.hasSuffix(".sock"), let pid = Int32(name.dropLast(5)), pid > 0 else { continue }
            found.append((pid, "\(path)/\(name)"))
        }
        return found.sorted { $0.pid < $1.pid }
    }

    /// Removes what servers left that were killed: their process is gone, and nobody answers at their socket.
    ///
    /// Both are asked. A process of that number may live in another container that shares the folder, where the connection tells; and a
    /// server that is just starting does not listen yet, but has its process.
    func sweep() {
        for socket in sockets() {
            guard kill(socket.pid, 0) != 0, errno == ESRCH else { continue }
            var facts = ambit_linux_file_facts()
            guard ambit_linux_path_facts(socket.path, 0, &facts) == 0, facts.kind == AMBIT_LINUX_KIND_SOCKET else { continue }
            let descriptor = ambit_linux_local_connect(socket.path, 0)
            if descriptor >= 0 { _ = ambit_linux_close(descriptor) }
            if descriptor == -ECONNREFUSED { _ = ambit_linux_unlink_socket(socket.path, facts.device, facts.inode) }
        }
    }

    private func names() -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder), names.count < 4096 {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names
    }

    static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
