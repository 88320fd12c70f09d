internal import AmbitPlugin
private import Glibc

/// The plugin's section of the configuration.
struct Settings: SchemaProviding {
    var errorRules: String?

    static let schema: JSON = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "errorRules": [
                "type": "string", "description": "A file of rules for logs_errors (YAML), asked before those that ship with the plugin.",
            ]
        ],
    ]

    private static let largestFile = 1 << 20

    /// The rules for `logs_errors` where there are own ones. Throws what is wrong with them, with file and line.
    func ownRules() throws -> ErrorRules? {
        guard let path = errorRules else { return nil }
        // What is no file may have nobody who writes it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0, let file = fdopen(descriptor, "r") else {
            throw ToolError("errorRules: \(path) can't be read: \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw ToolError("errorRules: \(path) is no file") }
        var bytes = [UInt8](repeating: 0, count: Self.largestFile + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0, count <= Self.largestFile else {
            throw ToolError("errorRules: \(path) can't be read, or is larger than \(Self.largestFile) bytes")
        }
        return try ErrorRules(reading: Array(bytes[..<count]), of: path, before: ErrorRules.shipped.get())
    }
}
