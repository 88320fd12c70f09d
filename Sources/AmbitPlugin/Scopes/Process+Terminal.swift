extension Process {
    /// Changes the size of its terminal; the program is told by SIGWINCH. Without effect once it has ended.
    ///
    /// Throws `.invalidArgument` where it has none or the size is impossible, `.staleHandle` after `forget` or when its scope has ended.
    public func resize(_ size: TerminalSize) throws(AmbitError) {
        let (rows, columns) = try size.checked()
        let status = Status(rawValue: table.resize(handle, rows, columns))
        switch status {
        case .ok: return
        case .invalidArgument: throw AmbitError(status, "the process has no terminal: start it with `terminal: TerminalSize()`")
        case .staleHandle: throw AmbitError(status, "the process was forgotten, or its scope has ended")
        default: throw AmbitError(status, "the terminal was not resized: \(status)")
        }
    }
}
