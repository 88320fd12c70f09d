internal import AmbitPlugin

extension LogsPlugin {
    var processList: Tool {
        Tool.inline(
            "process_list",
            """
            Lists the processes of this session and the kept ones, running ones first, then those that have ended lately, with status, exit \
            code, run time and how much they have written.
            """,
            .session(.existing),
            title: "List processes", annotations: Annotations(readOnly: true, idempotent: true, openWorld: false),
            output: Schema.object(JSON.Object([("processes", Schema.list(of: Schema.process))]), required: ["processes"])
        ) { [store] _, session in
            let now = ProcessStore.now()
            let records = store.visible(in: session)
            let text = records.isEmpty ? "No processes." : records.map { $0.sentence(now: now) }.joined(separator: "\n")
            return .json(.object(["processes": JSON(records.map { $0.json(now: now) })]), text: text)
        }
    }
}
