/// What is published inside the plugin. Events carry nothing: they say that it is worth looking.
enum Topic {
    /// Lines have come for those who wait for some, or the process has ended.
    static func lines(_ id: String) -> String { "lines/\(id)" }
    /// The process has ended.
    static func end(_ id: String) -> String { "end/\(id)" }
}
