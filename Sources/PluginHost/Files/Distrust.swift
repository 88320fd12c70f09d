internal import CLinux
internal import Glibc

/// Who else could change a file (A14).
struct Distrust: Sendable {
    let path: String
    let reason: String
    let howToMend: String

    var text: String { "\(path) \(reason)" }

    init?(_ found: inout ambit_linux_distrust) {
        let path = withUnsafeBytes(of: &found.path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        self.init(path: path, why: found.why, owner: found.owner, mode: found.mode)
    }

    /// Nil for what only its owner, the one that we run as or root, can change.
    init?(_ facts: ambit_linux_file_facts, path: String) {
        var why: Int32 = 0
        if facts.owner != 0, facts.owner != geteuid() { why |= AMBIT_LINUX_DISTRUST_OWNER }
        if facts.mode & 0o020 != 0 { why |= AMBIT_LINUX_DISTRUST_GROUP }
        if facts.mode & 0o002 != 0 { why |= AMBIT_LINUX_DISTRUST_WORLD }
        self.init(path: path, why: why, owner: facts.owner, mode: facts.mode)
    }

    private init?(path: String, why: Int32, owner: UInt32, mode: UInt32) {
        guard why != 0 else { return nil }
        self.path = path
        var digits = String(mode, radix: 8)
        digits = String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
        if why & AMBIT_LINUX_DISTRUST_OWNER != 0 {
            reason = "belongs to user \(owner), not to the user that runs this server (\(geteuid())) or to root"
            howToMend = "chown it, or keep the plugin where only you can write"
        } else if why & AMBIT_LINUX_DISTRUST_WORLD != 0 {
            reason = "can be changed by everybody (mode \(digits))"
            howToMend = "chmod go-w '\(path)'"
        } else {
            reason = "can be changed by its group (mode \(digits))"
            howToMend = "chmod g-w '\(path)'"
        }
    }
}
