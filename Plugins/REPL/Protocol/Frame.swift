internal import AmbitPlugin

/// A message to a driver: a line with its length, and JSON.
enum Frame {
    static func bytes(_ message: JSON) -> [UInt8] { bytes(message.text) }

    /// A driver itself comes in the same way.
    static func bytes(_ text: String) -> [UInt8] { Array("\(text.utf8.count)\n\(text)".utf8) }
}
