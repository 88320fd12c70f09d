/// What code can be written in.
enum Language: String, CaseIterable, Sendable {
    case python
    case node
    case shell

    /// As people say it.
    var title: String {
        switch self {
        case .python: "Python"
        case .node: "Node.js"
        case .shell: "a shell"
        }
    }

    /// Looked for in PATH, the first that is there.
    var programs: [String] {
        switch self {
        case .python: ["python3"]
        case .node: ["node", "nodejs"]
        case .shell: ["bash", "sh"]
        }
    }

    /// How to get it where it is missing.
    var installation: String {
        switch self {
        case .python: "apt-get install python3 (Debian, Ubuntu), brew install python, or https://www.python.org/downloads/"
        case .node: "apt-get install nodejs (Debian, Ubuntu), brew install node, or https://nodejs.org/en/download"
        case .shell: "apt-get install bash (Debian, Ubuntu)"
        }
    }

    /// A driver hears of an interrupt itself; a shell can only be sent the signal.
    var hearsInterrupts: Bool { self != .shell }
}
