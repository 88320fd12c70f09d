/// A line on its way to the client of an evaluation.
struct OutputLine: Equatable, Sendable {
    let stream: OutputStream
    let text: String
}
