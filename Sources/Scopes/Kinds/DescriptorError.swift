/// A descriptor can't be adopted; it stays the caller's.
package enum DescriptorError: Error, Sendable, CustomStringConvertible {
    /// Nothing is open under this number.
    case notOpen(Int32)
    /// 0, 1 and 2 are the host's.
    case reserved(Int32)
    /// Another scope owns it: two owners would close it twice, the second time somebody else's.
    case owned(Int32)
    /// The scope refuses it.
    case refused(AcquireError)

    package var description: String {
        switch self {
        case .notOpen(let number): "descriptor \(number) is not open"
        case .reserved(let number): "descriptor \(number) is the host's own"
        case .owned(let number): "descriptor \(number) belongs to a scope already"
        case .refused(let error): error.description
        }
    }
}
