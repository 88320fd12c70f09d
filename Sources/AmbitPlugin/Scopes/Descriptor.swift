/// A file, socket or pipe that a scope owns: it is closed with the scope.
///
/// Where work that could not be stopped may still use it, its number is kept and leads nowhere until that work has ended (S9).
public struct Descriptor: Hashable, Promotable {
    /// Its identity (S18).
    public let handle: UInt64
    let table: ambit_host_descriptor

    public static func == (left: Descriptor, right: Descriptor) -> Bool { left.handle == right.handle }
    public func hash(into hasher: inout Hasher) { hasher.combine(handle) }

    /// For use while the scope is open, never to be closed. Throws `.staleHandle` once it is closed.
    public var number: Int32 {
        get throws(AmbitError) {
            var number: Int32 = -1
            try check(table.number(handle, &number))
            return number
        }
    }

    /// Closes it before its scope does.
    public func close() { _ = table.close(handle) }

    /// Takes it back from the scope: the number is the caller's to close from now on.
    public func disown() throws(AmbitError) -> Int32 {
        var number: Int32 = -1
        try check(table.disown(handle, &number))
        return number
    }

    private func check(_ status: ambit_status) throws(AmbitError) {
        let status = Status(rawValue: status)
        if status != .ok { throw AmbitError(status, "the descriptor is closed, or its scope has ended") }
    }
}
