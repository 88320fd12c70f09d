import PluginHost

/// What a configuration says of one plugin, under `plugins`.
struct PluginSection: Sendable {
    static let keys = ["path", "enabled", "pin", "config"]

    let name: String
    let line: Int
    /// Absolute, or relative to the current folder; nil for a plugin that ships.
    var path: String?
    var isEnabled = true
    var pin: PluginPin?
    /// A JSON object with its secrets, and the same with secrets masked.
    var config: [UInt8] = Array("{}".utf8)
    var maskedConfig: [UInt8] = Array("{}".utf8)
    /// What came from `${file:}` and `${env:}`.
    var secrets: [String] = []
    /// Something that it says was refused: what is missing is no problem of its own.
    var isIncomplete = false

    init(name: String, line: Int) {
        self.name = name
        self.line = line
    }
}
