/// Why bytes are not one JSON document, and at which byte.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was wrong.
    package enum Kind: String, Sendable, CaseIterable {
        case empty = "the document is empty"
        case unexpectedEnd = "the document ends too early"
        case unexpectedByte = "this byte can't stand here"
        case invalidLiteral = "this is not true, false or null"
        case invalidNumber = "this is not a number"
        case invalidEscape = "this escape does not exist"
        case loneSurrogate = "half of a surrogate pair is escaped without the other half"
        case controlCharacter = "a control character in a string must be escaped"
        case invalidUTF8 = "this is not UTF-8"
        case byteOrderMark = "a byte order mark is not allowed"
        case trailingContent = "something follows the end of the document"
        case depthLimit = "objects and arrays are nested too deeply"
        case sizeLimit = "the document is too large"
    }

    package let kind: Kind
    /// Bytes from the start of the document to the first that is wrong.
    package let offset: Int

    package init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    package var description: String { "\(kind.rawValue) (at byte \(offset))" }
}
