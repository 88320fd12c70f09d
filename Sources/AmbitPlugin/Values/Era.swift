/// The generation of the protocol that a client speaks. Both are served alike; a plugin rarely needs to know.
public enum Era: Int32, Sendable {
    /// Up to 2025-11-25.
    case legacy = 0
    /// From 2026-07-28.
    case modern = 1
}
