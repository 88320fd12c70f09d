/// Which of its two outputs a program wrote to. Not a severity.
enum OutputStream: String, CaseIterable, Sendable {
    case stdout
    case stderr
}
