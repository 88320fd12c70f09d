import AmbitPlugin

extension Probe {
    @ToolsBuilder var hostTools: [Tool] {
        Tool("probe_paths", "Names its folders.") { call in
            let paths = call.host.paths
            return .json(["state": .string(try paths.state), "cache": .string(try paths.cache), "workspace": .string(try paths.workspace)])
        }
        Tool("probe_metrics", "Counts.") { call in
            let metrics = call.host.metrics
            try metrics.counter("calls_total", "Calls.").add()
            try metrics.counter("calls_total", "Calls.").add(2)
            try metrics.gauge("depth", "Depth.").set(4)
            try metrics.histogram("wait_seconds", "Waits.").record(0.5)
            do {
                _ = try metrics.gauge("calls_total", "Calls.")
                return .error("a counter became a gauge")
            } catch {
                return .text("\(error)")
            }
        }
        Tool("probe_offer", "Offers a tool.", .string("name", "Its name."), .session(.existing)) { call, name, session in
            let scope = session?.scope ?? call.host.scope
            let token = Token()
            let registration = try scope.register(
                .inline(name, "Offered.", .integer("n", "A number.")) { _, n in
                    withExtendedLifetime(token) { .text("\(n + 1)") }
                })
            return name.hasPrefix("gone")
                ? {
                    registration.remove(); return .text("removed")
                }() : .text("offered")
        }
        Tool("probe_pieces", "Writes a result in pieces.", .integer("pieces", "How many.")) { call, pieces in
            let result = try call.result
            try await result.begin(.text("head "))
            for piece in 0..<pieces { try await result.text("\(piece) ") }
            try await result.begin(.image([], mimeType: "image/png"))
            try await result.data([1, 2])
            try await result.data([3])
            try await result.object {
                try await result.member("count", JSON(pieces))
                try await result.key("list")
                try await result.array {
                    for piece in 0..<pieces { try await result.value(encoding: [piece]) }
                }
            }
            return .written(meta: ["k": 1])
        }
        Tool("probe_pieces_fail", "Fails after a piece.") { call in
            try await call.result.begin(.text("half"))
            throw ToolError("the other half is missing")
        }
        Tool("probe_ask", "Asks.") { call in
            switch try await call.elicit("name", "Who?", schema: ["type": "object", "properties": [:]]) {
            case .accepted(let answer): .text(answer.text)
            case .declined, .cancelled: .text("no answer")
            }
        }
        Tool("probe_ask_page", "Asks to open a page.") { call in
            let answer = try await call.elicit("page", "Pay, please", url: "https://example.com/pay")
            return .text(answer == .accepted([:]) ? "open" : "closed")
        }
    }
}

/// Something that must be freed with the tool that uses it.
private final class Token: Sendable {}
