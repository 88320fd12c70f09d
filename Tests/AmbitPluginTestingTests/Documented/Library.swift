import AmbitPlugin

// example offers
final class Library: Plugin {
    static let about = About(name: "library", version: "1.0.0", summary: "Keeps pages.")
    init(host: Host) {}

    var tools: [Tool] {
        Tool("open_shelf", "Offers one more page to this session.", .session()) { call, session in
            try session.scope.register(Resource("library://shelf", name: "shelf") { _ in .text("on the shelf") })
            try call.host.scope.resourceUpdated("library://index")  // clients that subscribe to it are told
            return .text("open")
        }
    }

    var resources: [Resource] {
        Resource("library://index", name: "index", description: "All pages.", mimeType: "application/json") { call in
            .json(["pages": ["one", "two"]])
        }
        ResourceTemplate(
            "library://pages/{page}", name: "page", mimeType: "text/plain",
            complete: { query in .init(["one", "two"].filter { $0.hasPrefix(query.value) }) }
        ) { call, variables in
            guard variables["page"] != "three" else { throw CallFailure.noResource }
            return .text("This is page \(variables["page"]).")
        }
    }

    var prompts: [Prompt] {
        Prompt(
            "review", "Reviews a page.",
            .argument("page", "Which."),
            .argument("tone", "How to speak.").optional,
            icons: [Icon("https://example.com/review.svg", mimeType: "image/svg+xml")],
            complete: { query in .init(["one", "two"].filter { query.name == "page" && $0.hasPrefix(query.value) }) }
        ) { call, page, tone in
            .messages(.user("Review page \(page)."), .assistant("In which tone?"), .user(tone ?? "kindly"))
        }
    }
}
// end example
