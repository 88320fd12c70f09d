/// Where in the source something was opened. Kept in debug builds only (S20).
package struct CreationSite: Sendable, Equatable, CustomStringConvertible {
    private let file: StaticString
    private let line: UInt

    init(_ file: StaticString, _ line: UInt) {
        self.file = file
        self.line = line
    }

    /// As in "Server/Ambit.swift:12".
    package var description: String { "\(file):\(line)" }

    package static func == (a: CreationSite, b: CreationSite) -> Bool { a.line == b.line && "\(a.file)" == "\(b.file)" }
}

extension Scope {
    /// Where it was opened; nil in release builds.
    var creationSite: String? {
        #if DEBUG
            "\(site)"
        #else
            nil
        #endif
    }
}

extension Resource {
    /// Where it was opened; nil in release builds.
    final var creationSite: String? {
        #if DEBUG
            site.map { "\($0)" }
        #else
            nil
        #endif
    }
}
