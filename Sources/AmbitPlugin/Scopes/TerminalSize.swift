/// How many characters a terminal shows.
public struct TerminalSize: Hashable, Sendable {
    /// 1 to 65535, as are the columns; checked where it is used.
    public var rows: Int
    public var columns: Int

    public init(rows: Int = 24, columns: Int = 80) {
        self.rows = rows
        self.columns = columns
    }

    /// As the host takes it. Throws `.invalidArgument`.
    func checked() throws(AmbitError) -> (rows: UInt16, columns: UInt16) {
        guard let rows = UInt16(exactly: rows), let columns = UInt16(exactly: columns), rows > 0, columns > 0 else {
            throw AmbitError(
                .invalidArgument, "a terminal has 1 to 65535 rows and 1 to 65535 columns, not \(self.rows) and \(self.columns)")
        }
        return (rows, columns)
    }
}
