internal import AmbitPlugin

/// What is to be done about what a browser has said.
enum BrowserStep: Equatable, Sendable {
    /// The method of a command, or its message where that is asked for.
    case send(JSON)
    case ready(String)
    case output(OutputStream, String)
    case answer(id: String, JSON)
    /// There is nothing left to evaluate in.
    case end(String)
}
