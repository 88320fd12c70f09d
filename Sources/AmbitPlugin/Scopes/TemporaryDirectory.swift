/// A folder that is removed with all that is in it when its scope closes.
public struct TemporaryDirectory: Promotable {
    /// Absolute.
    public let path: String
    /// Its identity (S18).
    public let handle: UInt64
    let table: ambit_host_directory

    /// Begins to remove it before its scope closes.
    public func remove() { _ = table.remove(handle) }
}

extension Scope {
    /// Makes an empty folder, for this user only, that goes with the scope.
    ///
    /// - Parameter label: becomes a part of its name.
    public func temporaryDirectory(_ label: String = "directory") throws(AmbitError) -> TemporaryDirectory {
        let table = try runtime.tables.offered(\.directory, AMBIT_EXT_DIRECTORY)
        var directory: ambit_directory = 0
        try AmbitError.check { error in
            label.withAmbitText { table.create(handle, $0, &directory, error) }
        }
        do throws(AmbitError) {
            let made = directory
            let path = try hostPath { buffer, capacity, size, _ in table.path(made, buffer, capacity, size) }
            return TemporaryDirectory(path: path, handle: directory, table: table)
        } catch {
            _ = table.remove(directory)
            throw error
        }
    }
}
