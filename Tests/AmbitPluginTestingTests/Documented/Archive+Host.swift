import AmbitPlugin

extension Archive {
    @ToolsBuilder var hostTools: [Tool] {
        // example metrics
        Tool("measure", "Counts its calls.") { call in
            try call.host.metrics.counter("calls_total", "Calls of measure.").add()
            return .text("counted")
        }
        // end example
        // example registry
        Tool("open_door", "Offers one tool more, in this session only.", .session()) { call, session in
            try session.scope.register(
                .inline("close_door", "Closes the door.") { _ in .text("closed") })
            return .text("there is a door now")
        }
        // end example
    }
}
