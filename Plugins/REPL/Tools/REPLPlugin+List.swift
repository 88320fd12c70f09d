internal import AmbitPlugin

extension REPLPlugin {
    var replList: Tool {
        Tool.inline(
            "repl_list",
            """
            Lists the interpreters of this session: what they run, whether they are busy, how many evaluations wait; and those that have \
            ended, with how.
            """,
            .session(.existing),
            title: "List interpreters", annotations: Annotations(readOnly: true, idempotent: true, openWorld: false),
            output: Schema.object(
                JSON.Object([("interpreters", ["type": "array", "items": Schema.interpreter])]), required: ["interpreters"])
        ) { [store] _, session in
            let all = session.map { store.interpreters(of: $0.key) } ?? []
            let text = all.isEmpty ? "No interpreters." : all.map(\.sentence).joined(separator: "\n")
            return .json(.object(["interpreters": JSON(all.map(\.json))]), text: text)
        }
    }
}
