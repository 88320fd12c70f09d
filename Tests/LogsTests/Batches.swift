@testable import Logs

extension LineBatch {
    init(_ lines: [String]) {
        self.init()
        for line in lines {
            bytes.append(contentsOf: line.utf8)
            endLine()
        }
    }

    init(_ lines: String...) { self.init(lines) }
}

extension LineRing {
    func lines(after cursor: Int = 0) -> [Line] {
        var lines: [Line] = []
        walk(after: cursor) { view in
            lines.append(view.line)
            return true
        }
        return lines
    }

    func texts(after cursor: Int = 0) -> [String] { lines(after: cursor).map(\.text) }
}
