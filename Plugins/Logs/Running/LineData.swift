internal import AmbitPlugin

/// Writes lines as the data of log messages: `{"process":"p1","stream":"stdout","cursor":7,"text":"…"}`. What is alike in all lines of a
/// process is written once.
struct LineData {
    private let head: [UInt8]
    private var bytes: [UInt8] = []

    init(process: String) {
        head = Array("{\"process\":\(JSON.string(process).text),\"stream\":\"".utf8)
    }

    mutating func text(of line: Line) -> String {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: head)
        bytes.append(contentsOf: line.stream.rawValue.utf8)
        bytes.append(contentsOf: "\",\"cursor\":".utf8)
        bytes.append(contentsOf: String(line.cursor).utf8)
        bytes.append(contentsOf: ",\"text\":".utf8)
        bytes.append(contentsOf: JSON.string(line.text).text.utf8)
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }
}
