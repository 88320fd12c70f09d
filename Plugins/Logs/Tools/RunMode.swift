/// When `process_run` answers.
enum RunMode: String, CaseIterable, Sendable {
    case background
    case wait
    case stream
}
