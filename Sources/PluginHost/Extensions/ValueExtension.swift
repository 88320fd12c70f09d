internal import CAmbit
internal import JSON

/// `ambit.value/1`.
enum ValueExtension {
    static var table: ambit_host_value {
        var table = ambit_host_value()
        table.kind = { call, value, out in
            crossing { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = ValueExtension.code(of: try Call.find(call).value(value).kind)
            }
        }
        table.member = { call, object, key, out in
            crossing { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                let call = try Call.find(call)
                let container = try call.value(object)
                try ValueExtension.expect(container, .object)
                let key = try key.string("key")
                guard let member = container[key: key] else { throw Refusal(.notFound, "there is no member '\(key)'") }
                out.pointee = call.number(of: member)
            }
        }
        table.count = { call, container, out in
            crossing { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                let value = try Call.find(call).value(container)
                if value.kind != .array { try ValueExtension.expect(value, .object) }
                out.pointee = UInt64(value.count)
            }
        }
        table.at = { call, container, index, out, key in
            crossing { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                let call = try Call.find(call)
                let found = try call.child(of: try call.value(container), at: index)
                out.pointee = call.number(of: found.value)
                key?.pointee = found.key.map { ValueExtension.rawText($0, trimmingQuotes: true) } ?? ambit_text()
            }
        }
        table.boolean = { call, value, out in
            crossing { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                let value = try Call.find(call).value(value)
                guard let bool = value.bool else { throw ValueExtension.wrong(value, .bool) }
                out.pointee = bool ? 1 : 0
            }
        }
        table.integer = { call, value, out in
            crossing { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                let value = try Call.find(call).value(value)
                try ValueExtension.expect(value, .number)
                guard let integer = value.int64 else {
                    throw .invalid("\(value.numberText ?? "the number") is no integer of 64 bits")
                }
                out.pointee = integer
            }
        }
        table.number = { call, value, out in
            crossing { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                let value = try Call.find(call).value(value)
                guard let number = value.double else { throw ValueExtension.wrong(value, .number) }
                out.pointee = number
            }
        }
        table.string = { call, value, buffer, capacity, size in
            crossing { () throws(Refusal) in
                let size = try UnsafeMutablePointer.required(size, "size")
                let value = try Call.find(call).value(value)
                try ValueExtension.expect(value, .string)
                let bytes = value.utf8
                size.pointee = UInt64(bytes.count)
                guard let buffer, capacity >= UInt64(bytes.count) else { return }
                bytes.withUnsafeBytes { source in
                    if let base = source.baseAddress { UnsafeMutableRawPointer(buffer).copyMemory(from: base, byteCount: source.count) }
                }
            }
        }
        table.raw = { call, value, out in
            crossing { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = ValueExtension.rawText(try Call.find(call).value(value), trimmingQuotes: false)
            }
        }
        return table
    }

    private static func code(of kind: JSONValue.Kind) -> Int32 {
        switch kind {
        case .null: Int32(AMBIT_VALUE_NULL)
        case .bool: Int32(AMBIT_VALUE_BOOLEAN)
        case .number: Int32(AMBIT_VALUE_NUMBER)
        case .string: Int32(AMBIT_VALUE_STRING)
        case .array: Int32(AMBIT_VALUE_ARRAY)
        case .object: Int32(AMBIT_VALUE_OBJECT)
        }
    }

    private static func expect(_ value: JSONValue, _ kind: JSONValue.Kind) throws(Refusal) {
        guard value.kind == kind else { throw wrong(value, kind) }
    }

    private static func wrong(_ value: JSONValue, _ kind: JSONValue.Kind) -> Refusal {
        .invalid("the value is of kind \(value.kind), not \(kind)")
    }

    /// Bytes of the request, which stay where they are while the call lives.
    private static func rawText(_ value: JSONValue, trimmingQuotes: Bool) -> ambit_text {
        value.raw.withUnsafeBytes { bytes in
            let slice = trimmingQuotes ? bytes[1..<bytes.count - 1] : bytes[...]
            return ambit_text(borrowing: UnsafeRawBufferPointer(rebasing: slice))
        }
    }
}
