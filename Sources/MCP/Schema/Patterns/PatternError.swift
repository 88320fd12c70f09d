/// Why a regular expression can't be used: at which byte of it, and what is wrong.
struct PatternError: Error, Equatable, CustomStringConvertible {
    let offset: Int
    let what: String
    /// Right by ECMA-262, but more than PCRE2 can run: look-behind of variable length.
    var isBeyondEngine = false

    var description: String { "\(what) (at byte \(offset) of the pattern)" }
}
