internal import CAmbit
internal import Scopes

extension Reason {
    /// Lends the reason to a callback of a plugin.
    func withForeign<R>(_ body: (UnsafePointer<ambit_reason>) -> R) -> R {
        var by = by
        var text = text
        return by.withUTF8 { by in
            text.withUTF8 { text in
                var reason = ambit_reason()
                reason.struct_size = UInt32(MemoryLayout<ambit_reason>.size)
                reason.kind = kind.rawValue
                reason.signal = signal
                reason.by = ambit_text(borrowing: UnsafeRawBufferPointer(by))
                reason.text = ambit_text(borrowing: UnsafeRawBufferPointer(text))
                return body(&reason)
            }
        }
    }

    /// A reason that a plugin gives; NULL counts as a normal end.
    init(_ pointer: UnsafePointer<ambit_reason>?, by plugin: String) throws(Refusal) {
        guard pointer != nil else {
            self.init(.completed, by: plugin)
            return
        }
        let reason = try Structs.read(pointer, "reason")
        let by = try reason.by.string("reason.by")
        self.init(
            Kind(raw: reason.kind), by: by.isEmpty ? plugin : "\(plugin): \(by)", signal: reason.signal,
            text: try reason.text.string("reason.text"))
    }
}

extension Report {
    /// Lends the report to a callback of a plugin.
    func withForeign(_ body: (UnsafePointer<ambit_report>) -> Void) {
        var text = details.joined(separator: "\n")
        text.withUTF8 { text in
            var report = ambit_report()
            report.struct_size = UInt32(MemoryLayout<ambit_report>.size)
            report.reason_kind = reason.kind.rawValue
            report.released = UInt64(released)
            report.failed = UInt64(failed)
            report.abandoned = UInt64(abandoned)
            report.duration_ns = durationNanoseconds
            report.text = ambit_text(borrowing: UnsafeRawBufferPointer(text))
            body(&report)
        }
    }
}
