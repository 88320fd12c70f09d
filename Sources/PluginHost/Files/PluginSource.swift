internal import CLinux
internal import Glibc

/// What the path of a plugin leads to: a file, or a folder with `$ORIGIN` libraries (A14). Opened once; everything of it is read
/// through this descriptor, so that what was looked at is what is copied.
struct PluginSource: ~Copyable {
    let path: String
    let root: OpenFile
    let isFolder: Bool
    /// Of the file or folder, without links.
    let name: String
    /// Whether it matters who else could change it.
    let isWatched: Bool
    /// Who else could change the file or a folder on the way.
    let distrust: Distrust?
    let facts: ambit_linux_file_facts

    /// - Parameter isWatched: false for what lies beside this program: who could exchange it could exchange the program, so it need only be
    ///   kept as well as that.
    init(path: String, isWatched: Bool) throws(PluginError) {
        var found = ambit_linux_distrust()
        let opened = ambit_linux_open_watched(path, geteuid(), &found)
        guard opened >= 0 else {
            switch -opened {
            case ENOENT, ENOTDIR: throw PluginError(path: path, what: "there is no such file", howToMend: "check the path")
            default:
                throw PluginError(path: path, what: "it can't be read: \(systemText(opened))", howToMend: "check its permissions")
            }
        }
        let root = OpenFile(opened)
        guard let facts = root.facts, let canonical = root.path else {
            throw PluginError(path: path, what: "it can't be read", howToMend: "check the path")
        }
        guard facts.kind == AMBIT_LINUX_KIND_DIRECTORY || facts.kind == AMBIT_LINUX_KIND_FILE else {
            throw PluginError(path: path, what: "it is not a file", howToMend: "name the plugin's shared library")
        }
        self.path = path
        self.isWatched = isWatched
        self.facts = facts
        distrust = isWatched ? Distrust(&found) : Self.isKeptAsWellAsThisProgram(facts) ? nil : Distrust(facts, path: path)
        name = canonical.split(separator: "/").last.map(String.init) ?? ""
        isFolder = facts.kind == AMBIT_LINUX_KIND_DIRECTORY
        self.root = root
    }

    private static func isKeptAsWellAsThisProgram(_ facts: ambit_linux_file_facts) -> Bool {
        guard let program = OpenFile(reading: "/proc/self/exe")?.facts else { return false }
        return (facts.owner == 0 || facts.owner == program.owner) && facts.mode & 0o022 & ~program.mode == 0
    }
}
