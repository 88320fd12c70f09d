internal import CAmbit
internal import JSON
internal import MCP
internal import Scopes

/// `ambit.result/1`: the result piece by piece.
extension Call {
    /// Changes the draft; refused once there is an outcome.
    func draft(_ change: (inout ResultDraft) throws(Refusal) -> Void) throws(Refusal) {
        touch()
        let outcome = core.withLock { core -> Result<Void, Refusal> in
            guard !core.machine.hasOutcome else { return .failure(Self.finishedBefore) }
            // Taken out and put back, so that it is not copied.
            var draft = core.draft.take() ?? ResultDraft()
            defer { core.draft = draft }
            do throws(Refusal) {
                try change(&draft)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    func finishDraft(isError: Bool, meta: ambit_text) throws(Refusal) {
        let draft = core.withLock { $0.draft.take() } ?? ResultDraft()
        try finish { () throws(Refusal) in
            try draft.result(isError: isError, meta: try RawJSON.optionalObject(meta, "meta"))
        }
    }
}
