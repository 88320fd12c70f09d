internal import CAmbit

/// `ambit.result/1`.
enum ResultExtension {
    static var table: ambit_host_result {
        var table = ambit_host_result()
        table.begin = { call, head, error in
            crossing(error) { () throws(Refusal) in
                let item = try Structs.read(head, "head")
                let head = try ContentHead(item)
                let piece = try head.hasText ? item.text.bytes("head.text") : item.data.bytes("head.data")
                try Call.find(call).draft { draft throws(Refusal) in
                    try draft.begin(head)
                    if !piece.isEmpty { try draft.append(piece, asText: head.hasText) }
                }
            }
        }
        table.text = { call, piece, error in ResultExtension.append(call, piece, error, asText: true) }
        table.data = { call, piece, error in ResultExtension.append(call, piece, error, asText: false) }
        table.begin_object = { call, error in ResultExtension.change(call, error) { draft throws(Refusal) in try draft.begin(object: true) }
        }
        table.end_object = { call, error in ResultExtension.change(call, error) { draft throws(Refusal) in try draft.end(object: true) } }
        table.begin_array = { call, error in ResultExtension.change(call, error) { draft throws(Refusal) in try draft.begin(object: false) }
        }
        table.end_array = { call, error in ResultExtension.change(call, error) { draft throws(Refusal) in try draft.end(object: false) } }
        table.key = { call, key, error in
            crossing(error) { () throws(Refusal) in
                let key = try key.string("key")
                try Call.find(call).draft { draft throws(Refusal) in try draft.key(key) }
            }
        }
        table.string = { call, text, error in
            crossing(error) { () throws(Refusal) in
                let text = try text.string("value")
                try Call.find(call).draft { draft throws(Refusal) in try draft.value(.string(text)) }
            }
        }
        table.integer = { call, value, error in ResultExtension.value(call, error, .integer(value)) }
        table.number = { call, value, error in ResultExtension.value(call, error, .number(value)) }
        table.boolean = { call, value, error in ResultExtension.value(call, error, .boolean(value != 0)) }
        table.null = { call, error in ResultExtension.value(call, error, .null) }
        table.raw = { call, json, error in
            crossing(error) { () throws(Refusal) in
                let value = try RawJSON.value(json, "json")
                try Call.find(call).draft { draft throws(Refusal) in try draft.value(.raw(value)) }
            }
        }
        table.finish = { call, isError, meta, error in
            crossing(error) { () throws(Refusal) in
                try CallExtension.findToFinish(call).finishDraft(isError: isError != 0, meta: meta)
            }
        }
        return table
    }

    private static func change(
        _ call: ambit_call, _ error: UnsafeMutablePointer<ambit_error>?, _ body: (inout ResultDraft) throws(Refusal) -> Void
    ) -> ambit_status {
        crossing(error) { () throws(Refusal) in try Call.find(call).draft(body) }
    }

    private static func value(
        _ call: ambit_call, _ error: UnsafeMutablePointer<ambit_error>?, _ value: ResultDraft.Value
    ) -> ambit_status {
        change(call, error) { draft throws(Refusal) in try draft.value(value) }
    }

    private static func append(
        _ call: ambit_call, _ piece: ambit_bytes, _ error: UnsafeMutablePointer<ambit_error>?, asText: Bool
    ) -> ambit_status {
        crossing(error) { () throws(Refusal) in
            let piece = try piece.bytes("piece")
            try Call.find(call).draft { draft throws(Refusal) in try draft.append(piece, asText: asText) }
        }
    }
}
