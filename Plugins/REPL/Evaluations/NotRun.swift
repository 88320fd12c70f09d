/// The interpreter ended before this evaluation began.
struct NotRun: Error, CustomStringConvertible {
    let description: String

    init(_ name: String, _ words: LastWords) {
        description =
            "This was not run: \(name) \(words.account)\n"
            + "Its state is lost; evaluate again without \"repl\" to begin with a new interpreter."
    }
}
