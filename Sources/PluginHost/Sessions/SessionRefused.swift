/// A session could not be opened.
package struct SessionRefused: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable { case tooMany, closed, failed }

    package let kind: Kind
    package let text: String

    package var description: String { text }
}
