private import Glibc

extension Scope {
    /// Opens something, and makes the scope own it: nothing can come between the two, and where the scope takes nothing any more it is closed
    /// again (S4).
    ///
    /// - Parameter open: gives an open descriptor, and nobody else knows it. What it throws is passed on.
    public func descriptor(_ label: String = "descriptor", open: () throws -> Int32) throws -> Descriptor {
        _ = try runtime.tables.offered(\.descriptor, AMBIT_EXT_DESCRIPTOR)
        guard isOpen else { throw AmbitError(.closed, "the scope closes: nothing is opened in it any more") }
        let number = try open()
        do {
            return try adopt(descriptor: number, label: label)
        } catch {
            close(number)
            throw error
        }
    }

    /// Makes the scope own a descriptor that is open already. When this throws, it stays the caller's.
    public func adopt(descriptor number: Int32, label: String = "descriptor") throws(AmbitError) -> Descriptor {
        let table = try runtime.tables.offered(\.descriptor, AMBIT_EXT_DESCRIPTOR)
        var descriptor: ambit_descriptor = 0
        try AmbitError.check { error in
            label.withAmbitText { table.adopt(handle, number, $0, &descriptor, error) }
        }
        return Descriptor(handle: descriptor, table: table)
    }

    private func close(_ number: Int32) { _ = Glibc.close(number) }
}
