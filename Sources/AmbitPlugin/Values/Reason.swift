/// Why something ends (S3).
public struct Reason: Equatable, Sendable {
    public enum Kind: Int32, Sendable {
        case completed = 0
        case failed = 1
        case cancelled = 2
        case deadline = 3
        case idle = 4
        case disconnected = 5
        case ownerClosed = 6
        case ownerDied = 7
        case unloaded = 8
        case shutdown = 9
    }

    public var kind: Kind
    /// Who: a scope path or a component.
    public var by: String
    /// For people; may be empty.
    public var text: String
    /// The signal that caused it; 0 if none.
    public var signal: Int32

    public init(_ kind: Kind, _ text: String = "", by: String = "", signal: Int32 = 0) {
        self.kind = kind
        self.text = text
        self.by = by
        self.signal = signal
    }

    public static let completed = Reason(.completed)
    public static let failed = Reason(.failed)
    public static let cancelled = Reason(.cancelled)
}

extension Reason.Kind {
    /// Unknown kinds count as cancelled (S3).
    init(tolerating rawValue: Int32) { self = Reason.Kind(rawValue: rawValue) ?? .cancelled }
}

extension Reason {
    init(_ reason: UnsafePointer<ambit_reason>?) {
        guard let reason else {
            self = .cancelled
            return
        }
        self.init(
            Kind(tolerating: reason.pointee.kind), String(reason.pointee.text), by: String(reason.pointee.by),
            signal: reason.pointee.signal)
    }

    func withAmbitReason<R>(_ body: (UnsafePointer<ambit_reason>) -> R) -> R {
        by.withAmbitText { by in
            text.withAmbitText { text in
                var reason = ambit_reason()
                reason.struct_size = UInt32(MemoryLayout<ambit_reason>.size)
                reason.kind = kind.rawValue
                reason.signal = signal
                reason.by = by
                reason.text = text
                return body(&reason)
            }
        }
    }
}
