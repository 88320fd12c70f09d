/// What code can be written in.
enum Language: String, CaseIterable, Sendable {
    case python
    case node
    case shell
    /// JavaScript in a page.
    case browser

    /// As people say it.
    var title: String {
        switch self {
        case .python: "Python"
        case .node: "Node.js"
        case .shell: "a shell"
        case .browser: "A browser"
        }
    }

    /// Looked for in PATH, the first that is there.
    var programs: [String] {
        switch self {
        case .python: ["python3"]
        case .node: ["node", "nodejs"]
        case .shell: ["bash", "sh"]
        case .browser: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
        }
    }

    /// How to get it where it is missing.
    var installation: String {
        switch self {
        case .python: "apt-get install python3 (Debian, Ubuntu), brew install python, or https://www.python.org/downloads/"
        case .node: "apt-get install nodejs (Debian, Ubuntu), brew install node, or https://nodejs.org/en/download"
        case .shell: "apt-get install bash (Debian, Ubuntu)"
        case .browser: "apt-get install chromium (Debian), or https://www.google.com/chrome"
        }
    }
}
