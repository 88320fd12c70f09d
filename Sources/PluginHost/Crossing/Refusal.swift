internal import CAmbit
internal import Scopes

/// What a host function answers when it does not do what it was asked: a status, and for people what, where and how to mend it (A7).
struct Refusal: Error, Sendable {
    enum Status: Sendable {
        case closed, staleHandle, invalidArgument, overQuota, full, empty, cancelled, timedOut, alreadyFinished, notFound, denied,
            unsupported, wouldDeadlock, failed

        var raw: ambit_status {
            switch self {
            case .closed: ambit_status(AMBIT_CLOSED)
            case .staleHandle: ambit_status(AMBIT_STALE_HANDLE)
            case .invalidArgument: ambit_status(AMBIT_INVALID_ARGUMENT)
            case .overQuota: ambit_status(AMBIT_OVER_QUOTA)
            case .full: ambit_status(AMBIT_FULL)
            case .empty: ambit_status(AMBIT_EMPTY)
            case .cancelled: ambit_status(AMBIT_CANCELLED)
            case .timedOut: ambit_status(AMBIT_TIMED_OUT)
            case .alreadyFinished: ambit_status(AMBIT_ALREADY_FINISHED)
            case .notFound: ambit_status(AMBIT_NOT_FOUND)
            case .denied: ambit_status(AMBIT_DENIED)
            case .unsupported: ambit_status(AMBIT_UNSUPPORTED)
            case .wouldDeadlock: ambit_status(AMBIT_WOULD_DEADLOCK)
            case .failed: ambit_status(AMBIT_FAILED)
            }
        }
    }

    let status: Status
    let text: String
    let quota: String
    let detail: Int64

    init(_ status: Status, _ text: String, quota: String = "", detail: Int64 = 0) {
        self.status = status
        self.text = text
        self.quota = quota
        self.detail = detail
    }

    init(_ error: AcquireError) {
        switch error {
        case .closed(let closed): self.init(.closed, closed.description)
        case .overQuota(let over): self.init(.overQuota, over.description, quota: over.quota, detail: Int64(clamping: over.limit))
        }
    }

    static func stale(_ what: String) -> Refusal {
        Refusal(.staleHandle, "this is no handle of a live \(what): what it named is gone, or it is of another kind")
    }

    static func invalid(_ text: String) -> Refusal { Refusal(.invalidArgument, text) }
}

let statusOK = ambit_status(AMBIT_OK)

/// The border of a host function: a refusal becomes its status and fills the caller's error.
@inline(__always)
func crossing(
    _ error: UnsafeMutablePointer<ambit_error>? = nil, _ body: () throws(Refusal) -> Void
) -> ambit_status {
    do throws(Refusal) {
        try body()
        return statusOK
    } catch {
        return answer(error)
    }

    func answer(_ refusal: Refusal) -> ambit_status {
        error?.fill(refusal)
        return refusal.status.raw
    }
}

extension UnsafeMutablePointer where Pointee == ambit_error {
    /// Writes as much as the caller's `struct_size` has room for (A2); texts are cut between characters.
    func fill(_ refusal: Refusal) {
        let room = Int(pointee.struct_size)
        func fits<T>(_ member: KeyPath<ambit_error, T>) -> UnsafeMutableRawPointer? {
            guard let offset = MemoryLayout<ambit_error>.offset(of: member), offset + MemoryLayout<T>.size <= room else { return nil }
            return UnsafeMutableRawPointer(self) + offset
        }
        fits(\.code)?.storeBytes(of: refusal.status.raw, as: Int32.self)
        fits(\.detail)?.storeBytes(of: refusal.detail, as: Int64.self)
        if let quota = fits(\.quota) { CAmbitText.write(refusal.quota, to: quota, capacity: MemoryLayout.size(ofValue: pointee.quota)) }
        if let text = fits(\.text) { CAmbitText.write(refusal.text, to: text, capacity: MemoryLayout.size(ofValue: pointee.text)) }
    }
}

/// Texts in buffers of fixed size.
enum CAmbitText {
    /// Copies as many whole characters as fit, and a zero.
    static func write(_ text: String, to target: UnsafeMutableRawPointer, capacity: Int) {
        var text = text
        text.withUTF8 { bytes in
            var count = min(bytes.count, capacity - 1)
            if count < bytes.count { while count > 0 && bytes[count] & 0xC0 == 0x80 { count -= 1 } }
            if count > 0, let base = bytes.baseAddress { target.copyMemory(from: base, byteCount: count) }
            target.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
        }
    }
}
