internal import AmbitPlugin

extension LogsPlugin {
    /// What the host may take beyond the grace to be sure that nothing of the tree is left.
    private static let reserveSeconds = 5.0

    var processStop: Tool {
        Tool(
            "process_stop",
            """
            Stops a process with everything that it has started: SIGTERM, then SIGKILL to what is left after the grace. Answers when all of \
            it is over, with the final status. A process that has ended already is not an error.
            """,
            .string("process", "The id that process_run gave."),
            .number("graceSeconds", "Between SIGTERM and SIGKILL.", default: 2, in: 0...60),
            .session(.existing),
            title: "Stop a process", annotations: Annotations(readOnly: false, destructive: true, idempotent: true, openWorld: false),
            output: Schema.process
        ) { [store] call, id, grace, session in
            _ = try store.find(id, in: session)
            if let process = store.process(id) {
                do throws(AmbitError) {
                    try process.stop(grace: .nanoseconds(max(1, Int64(grace * 1e9))))
                } catch {
                    // It has just ended; its last lines are being read.
                    guard [.closed, .staleHandle, .alreadyFinished].contains(error.status) else { throw error }
                }
                try await Self.untilEnd(call, store, id, grace + Self.reserveSeconds)
            }
            guard let record = store.record(id) else { throw ToolError("\(id) has ended and is no longer remembered.") }
            let now = ProcessStore.now()
            guard record.status.isOver else {
                throw ToolError(
                    "\(record.sentence(now: now)). It did not end within \(grace + Self.reserveSeconds) s; ask process_list again.")
            }
            return .json(record.json(now: now), text: record.sentence(now: now))
        }
    }
}
