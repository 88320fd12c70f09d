package import Scopes

/// A session could not be opened.
package struct SessionRefused: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// S14.
        case tooMany(OverQuota)
        case closed, failed
    }

    package let kind: Kind
    package let text: String

    package var description: String { text }
}
