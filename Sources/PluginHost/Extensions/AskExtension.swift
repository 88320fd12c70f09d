internal import CAmbit

/// `ambit.ask/1` (A12).
enum AskExtension {
    static var table: ambit_host_ask {
        var table = ambit_host_ask()
        table.ask = { call, items, count, context, done, error in
            crossing(error) { () throws(Refusal) in
                try Call.find(call).ask(items, count, try ForeignCallback(context, required: done, "done"))
            }
        }
        return table
    }
}
