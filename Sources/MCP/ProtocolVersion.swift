/// A revision of MCP, named by its date. Dates compare as text.
package struct ProtocolVersion: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static let v2024_11_05 = ProtocolVersion(rawValue: "2024-11-05")
    package static let v2025_03_26 = ProtocolVersion(rawValue: "2025-03-26")
    package static let v2025_06_18 = ProtocolVersion(rawValue: "2025-06-18")
    package static let v2025_11_25 = ProtocolVersion(rawValue: "2025-11-25")
    package static let v2026_07_28 = ProtocolVersion(rawValue: "2026-07-28")

    /// The stateful revisions that are spoken here, oldest first.
    package static let legacy = [v2024_11_05, v2025_03_26, v2025_06_18, v2025_11_25]
    /// The stateless revisions, oldest first. Feeds `supportedVersions` and `data.supported` alike.
    package static let modern = [v2026_07_28]
    /// What `initialize` answers when it is asked for a version that is not spoken here.
    package static let latestLegacy = v2025_11_25
    package static let latestModern = v2026_07_28

    package var era: Era { self < Self.v2026_07_28 ? .legacy : .modern }
    package var isSupported: Bool { isLegacy || isModern }
    /// Whether this is one of the four stateful revisions.
    package var isLegacy: Bool { Self.legacy.contains(self) }
    /// Whether this is a stateless revision that is spoken here.
    package var isModern: Bool { Self.modern.contains(self) }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
