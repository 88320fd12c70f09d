/// What an interpreter is asked to do.
enum Work: Equatable, Sendable {
    case code(String)
    /// Of a browser: to go somewhere, to show what is there, or both.
    case page(url: String?, picture: Picture?)

    /// How much of a page is shown.
    enum Picture: String, CaseIterable, Sendable {
        case visible
        case whole
    }
}
