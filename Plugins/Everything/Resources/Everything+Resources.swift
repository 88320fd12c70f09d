internal import AmbitPlugin

extension Everything {
    @ResourcesBuilder var fixedResources: [Resource] {
        Resource("test://static-text", name: "static-text", description: "A text.", mimeType: "text/plain") { _ in
            .text("This is the content of the static text resource.")
        }
        Resource("test://static-binary", name: "static-binary", description: "An image.", mimeType: "image/png") { _ in
            .data(Samples.png)
        }
        Resource(
            "test://stateless-static-text", name: "stateless-static-text", description: "A text that needs no session.",
            mimeType: "text/plain"
        ) { _ in .text("This is the content of the stateless static text resource.") }
        ResourceTemplate(
            "test://template/{id}/data", name: "template", description: "Data by id.", mimeType: "application/json",
            complete: { query in .init(["123", "456"].filter { $0.hasPrefix(query.value) }) }
        ) { _, variables in
            let id = variables["id"]
            return .json(["id": .string(id), "templateTest": true, "data": .string("Data for ID: \(id)")])
        }
    }

    @ResourcesBuilder var changingResources: [Resource] {
        Resource(
            Self.watched, name: "watched-resource", description: "A text to subscribe to; test_touch_watched_resource touches it.",
            mimeType: "text/plain"
        ) { _ in .text("Watched resource content") }
        Resource(
            "test://input-required-resource", name: "input-required-resource", description: "A text that the person completes.",
            mimeType: "text/plain"
        ) { call in
            let answer = try await call.elicit("user_context", "What context should the resource use?", schema: Forms.context)
            return .text("Resource with context: \(answer.content["context"]?.string ?? "none")")
        }
    }
}
