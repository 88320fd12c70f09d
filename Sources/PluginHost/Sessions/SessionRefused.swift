/// A session could not be opened.
package struct SessionRefused: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// The name of the quota (S14).
        case tooMany(String)
        case closed, failed
    }

    package let kind: Kind
    package let text: String

    package var description: String { text }
}
