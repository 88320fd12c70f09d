import JSON

/// What a call says while it runs, as lines for people.
struct ToolEvents {
    /// Of programs that end with the call.
    private(set) var endedPrograms = 0
    /// The last line, and which kind of notification it was.
    private var last: (text: String, isProgress: Bool)?

    /// Nil: nothing that has not been said, or nothing for people. Tools say the same as progress and as a log record, because clients
    /// differ in which they show.
    mutating func line(_ notification: JSONValue) -> String? {
        let params = notification["params"]
        if params?["logger"]?.string == "ambit", let programs = params?["data"]?["endedPrograms"]?.int64 {
            endedPrograms += Int(programs)
            return nil
        }
        let isProgress = notification["method"]?.string == "notifications/progress"
        let text = isProgress ? params?["message"]?.string : params?["data"]?.string ?? params?["data"]?["text"]?.string
        if let text, let last, last.text == text, last.isProgress != isProgress {
            self.last = nil
            return nil
        }
        last = text.map { ($0, isProgress) }
        return ToolText.event(notification)
    }
}
