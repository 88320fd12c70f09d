/// An error, as often as it came.
struct ErrorEntry: Equatable, Sendable {
    let rule: String
    let language: String
    let isWarning: Bool
    /// The name of the exception, the code of the compiler's message; nil where it has none.
    let type: String?
    let message: String
    let file: String?
    let line: Int?
    let column: Int?
    /// As it was written the first time.
    let text: [String]
    /// Lines beyond those.
    let cut: Int
    var count = 1
    let firstCursor: Int
    /// Of the last line of the last time.
    var lastCursor: Int
    let firstTime: Int64
    var lastTime: Int64

    /// What two of the same have in common.
    var key: Key { Key(rule: rule, type: type, message: message.folded, file: file, line: line) }

    struct Key: Hashable, Sendable {
        let rule: String
        let type: String?
        let message: String
        let file: String?
        let line: Int?
    }
}

extension String {
    /// With each run of digits, and what stands behind `0x`, as one: addresses, ids, durations.
    fileprivate var folded: String {
        var folded = ""
        var isAddress = false
        for character in self {
            let isDigit = character.isNumber || (isAddress && character.isHexDigit)
            if isDigit, folded.last == "0" { continue }
            if character == "x", folded.last == "0" {
                isAddress = true
            } else if !isDigit {
                isAddress = false
            }
            folded.append(isDigit ? "0" : character)
        }
        return folded
    }
}
