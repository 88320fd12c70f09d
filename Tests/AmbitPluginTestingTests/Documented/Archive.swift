import AmbitPlugin
import Glibc

// example schema
struct Query: SchemaProviding {
    var words: [String]
    var limit: Int?

    static let schema: JSON = [
        "type": "object", "required": ["words"],
        "properties": [
            "words": ["type": "array", "items": ["type": "string"]],
            "limit": ["type": "integer", "minimum": 1],
        ],
    ]
}

struct Hit: Codable {
    var title: String
    var score: Double
}
// end example

enum Order: String, CaseIterable { case newest, best }

// example configuration
struct Settings: SchemaProviding {
    var folder: String?

    static let schema: JSON = ["type": "object", "properties": ["folder": ["type": "string"]]]
}

final class Archive: Plugin {
    static let about = About(
        name: "archive", version: "1.0.0", summary: "Finds things.", permissions: [.process, .network, .files],
        configuration: Settings.self)

    let host: Host
    let settings: Settings

    init(host: Host) throws {
        self.host = host
        settings = try host.configuration(as: Settings.self)
    }
    // end example

    var tools: [Tool] {
        findingTools
        scopeTools
        hostTools
    }
}

extension Archive {
    @ToolsBuilder var findingTools: [Tool] {
        // example parameters
        Tool(
            "find", "Finds entries.",
            .object("query", "What to look for.", Query.self),
            .choice("order", "Which first.", Order.self, default: .best),
            .list("tags", "Only entries with these.", of: .string, count: 0...8).optional,
            annotations: Annotations(readOnly: true), idleLimit: .after(.seconds(30))
        ) { call, query, order, tags in
            guard !query.words.isEmpty else { throw ToolError("words must not be empty") }
            let hits = query.words.map { Hit(title: $0, score: 1) }
            return try .structured(["hits": hits], text: "\(hits.count) found, \(order) first")
        }
        // end example
        // example input schema
        Tool(
            "mark", "Marks an entry with whatever names begin with x-.",
            inputSchema: ["type": "object", "patternProperties": ["^x-": ["type": "string"]], "additionalProperties": false]
        ) { call, marks in
            .text("color: \(marks["x-color"]?.string ?? "none")")
        }
        // end example
        // example session
        Tool("remember", "Remembers a word for this session.", .session(idle: .seconds(3600)), .string("word", "Which.")) {
            call, session, word in
            try session.scope.onClose("goodbye") { reason in call.host.log.info("forgotten: \(reason.kind)") }
            return .text("remembered")
        }
        // end example
        // example pieces
        Tool("dump", "Gives everything.") { call in
            let result = try call.result
            try await result.begin(.text(""))
            for line in 1...1000 { try await result.text("line \(line)\n") }  // waits where the client reads slowly
            try await result.object { try await result.member("lines", 1000) }
            return .written()
        }
        // end example
        // example asking
        Tool("rename", "Renames the archive.") { call in
            let form: JSON = ["type": "object", "properties": ["name": ["type": "string"]]]
            return switch try await call.elicit("name", "What shall it be called?", schema: form) {
            case .accepted(let answer): .text("called \(answer.text)")
            case .declined, .cancelled: .text("not renamed")
            }
        }
        // end example
        // example disconnecting
        Tool("archive", "Packs everything.") { call in
            try? call.disconnectClient(retryAfter: .seconds(10))
            return .text("packed")
        }
        // end example
    }
}
