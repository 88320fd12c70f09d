internal import Glibc
internal import PluginHost

/// The folders of a test's plugin: made for one host, removed with it.
struct ScratchFolder: Sendable {
    let path: String

    init() throws(TestHostError) {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/ambit-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw TestHostError("no folder can be made in \(base): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for name in ["workspace", "temporary"] { mkdir("\(path)/\(name)", 0o700) }
    }

    var folders: HostFolders {
        HostFolders(
            state: "\(path)/state", cache: "\(path)/cache", workspace: "\(path)/workspace", temporary: "\(path)/temporary")
    }

    func remove() { FileSystem.remove(path) }
}
