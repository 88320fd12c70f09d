import AmbitPlugin

/// The plugin of the SDK's front page.
final class Clock: Plugin {
    static let about = About(name: "test-clock", version: "1.0.0", summary: "Tells the time, again and again.")
    init(host: Host) {}

    var tools: [Tool] {
        Tool(
            "clock_tick", "Reports the time once a second.", .integer("times", "How often.", default: 5, in: 1...3600)
        ) { call, times in
            for tick in 1...times {
                try await call.scope.sleep(for: .seconds(1))
                call.progress(Double(tick), of: Double(times), "tick")
                try await call.log(.info, ["tick": JSON(tick)])
            }
            return .text("done")
        }
    }
}
