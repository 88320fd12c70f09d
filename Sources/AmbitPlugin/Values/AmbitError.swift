/// What a host function refused to do, and why (A7).
public struct AmbitError: Error, Equatable, Sendable, CustomStringConvertible {
    public var status: Status
    /// What, where, and how to mend it; may be empty.
    public var text: String
    /// Which quota is used up; empty unless `status` is `.overQuota` (S14).
    public var quota: String
    /// errno, an exit code or the like; 0 if there is none.
    public var detail: Int64

    public init(_ status: Status, _ text: String = "", quota: String = "", detail: Int64 = 0) {
        self.status = status
        self.text = text
        self.quota = quota
        self.detail = detail
    }

    public var description: String {
        var description = text.isEmpty ? "the host answered: \(status)" : text
        if !quota.isEmpty { description += " (quota \(quota))" }
        return description
    }
}

extension AmbitError {
    /// Calls a host function that fills in an `ambit_error`, and throws what it says.
    static func check(_ body: (UnsafeMutablePointer<ambit_error>) -> ambit_status) throws(AmbitError) {
        var error = ambit_error()
        error.struct_size = UInt32(MemoryLayout<ambit_error>.size)
        let status = Status(rawValue: body(&error))
        if status != .ok { throw AmbitError(status, error) }
    }

    init(_ status: Status, _ error: ambit_error) {
        self.init(status, cText(error.text), quota: cText(error.quota), detail: error.detail)
    }

    /// Fills in what the host reads when a callback of ours fails. The text is cut where it is too long.
    func write(to out: UnsafeMutablePointer<ambit_error>?) {
        guard let out, out.pointee.struct_size >= UInt32(MemoryLayout<ambit_error>.size) else { return }
        out.pointee.code = status.rawValue
        out.pointee.detail = detail
        writeCText(description, to: &out.pointee.text)
        writeCText(quota, to: &out.pointee.quota)
    }

    /// What a waiting function throws: where the scope closes, the task that waits in it is cancelled, and says so.
    var asWaitError: any Error {
        switch status {
        case .cancelled: CancellationError()
        case .closed where Task.isCancelled: CancellationError()
        default: self
        }
    }
}
