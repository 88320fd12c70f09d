internal import CAmbit

/// `ambit.ask/1` (A12). No client is asked anything yet: every question is answered with AMBIT_UNSUPPORTED, which plugins must be ready
/// for in any case, because clients differ in what they can be asked.
enum AskExtension {
    static var table: ambit_host_ask {
        var table = ambit_host_ask()
        table.ask = { call, _, _, _, _, error in
            crossing(error) { () throws(Refusal) in
                _ = try Call.find(call)
                throw Refusal(.unsupported, "this host does not ask clients anything: do without an answer, or fail with what is missing")
            }
        }
        return table
    }
}
