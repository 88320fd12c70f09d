/// Which of its two outputs the code has written to.
enum OutputStream: String, CaseIterable, Sendable {
    case stdout
    case stderr
}
