internal import CAmbit
internal import Glibc

/// Where plugins keep what is theirs. Each plugin gets a folder of its name below `state` and `cache`.
package struct HostFolders: Sendable {
    package var state: String
    package var cache: String
    /// What the server works on; plugins see it with AMBIT_PERMISSION_FILES.
    package var workspace: String
    /// Where temporary directories are made.
    package var temporary: String

    package init(state: String, cache: String, workspace: String, temporary: String) {
        self.state = state
        self.cache = cache
        self.workspace = workspace
        self.temporary = temporary
    }

    /// By the XDG variables, `TMPDIR` and the current folder.
    package static var standard: HostFolders {
        HostFolders(
            state: "\(stateOfHost)/plugins", cache: (variable("XDG_CACHE_HOME") ?? "\(home)/.cache") + "/ambit/data",
            workspace: current ?? "/", temporary: variable("TMPDIR") ?? "/tmp")
    }

    /// Where the host keeps what outlasts a run of it.
    package static var stateOfHost: String { (variable("XDG_STATE_HOME") ?? "\(home)/.local/state") + "/ambit" }

    private static var home: String { variable("HOME") ?? "/" }

    /// Set and absolute: the XDG specification has relative ones ignored.
    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.hasPrefix("/") ? text : nil
    }

    private static var current: String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }

    /// A folder for this user only, with all that lead to it. Existing ones stay as they are.
    static func make(_ path: String) throws(Refusal) {
        var at = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            at += "/" + part
            if mkdir(at, 0o700) == 0 || errno == EEXIST { continue }
            let code = errno
            throw Refusal(.failed, "the folder \(at) can't be made: \(String(cString: strerror(code)))", detail: Int64(code))
        }
    }
}
