internal import CAmbit

/// `ambit.context/1`.
enum ContextExtension {
    static var table: ambit_host_context {
        var table = ambit_host_context()
        table.get = { call, out in
            crossing { () throws(Refusal) in
                try Structs.write(try Call.find(call).contextInfo(), to: out, "out")
            }
        }
        return table
    }
}
