// example plugin
import AmbitPlugin

final class Greeter: Plugin {
    static let about = About(name: "greeter", version: "1.0.0", summary: "Greets.")
    init(host: Host) {}

    var tools: [Tool] {
        Tool(
            "greet", "Greets somebody, patiently.",
            .string("name", "Whom.", length: 1...100),
            .integer("times", "How often.", default: 1, in: 1...10)
        ) { call, name, times in
            for time in 1...times {
                try await call.scope.sleep(for: .seconds(1))  // ends with the call
                call.progress(Double(time), of: Double(times))
            }
            return .text("Hello, \(name)!")
        }
    }
}
// end example
