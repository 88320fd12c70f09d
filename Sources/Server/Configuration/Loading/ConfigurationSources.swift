import Glibc

/// What a configuration is made from, beside its file.
package struct ConfigurationSources: Sendable {
    /// Values of flags by the name of the setting.
    package var flags: [String: [String]] = [:]
    package var environment: [String: String] = [:]
    /// `--config`.
    package var file: String?

    package init(flags: [String: [String]] = [:], environment: [String: String] = Self.processEnvironment, file: String? = nil) {
        self.flags = flags
        self.environment = environment
        self.file = file
    }

    /// Of this process. What is empty counts as not set.
    package static var processEnvironment: [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let (name, value) = String(cString: text).splitOnce(at: "=")
            if let value, !value.isEmpty { result[name] = value }
            entry += 1
        }
        return result
    }
}

extension String {
    /// What stands before and after the first such character; nil after it where there is none.
    fileprivate func splitOnce(at separator: Character) -> (String, String?) {
        guard let index = firstIndex(of: separator) else { return (self, nil) }
        return (String(self[..<index]), String(self[self.index(after: index)...]))
    }
}
