internal import AmbitPlugin

extension Everything {
    static let watched = "test://watched-resource"

    /// What clients are told of: lists that change, and a resource.
    @ToolsBuilder var changeTools: [Tool] {
        Tool("test_trigger_tool_change", "Offers one tool more, and takes it back.", serialGroup: "changes") { call in
            let passing = Tool.inline("test_passing_tool", "Is there for a moment.") { _ in .text("still here") }
            try call.host.scope.register(passing).remove()
            return .text("Mutation triggered")
        }
        Tool("test_trigger_prompt_change", "Offers one prompt more, and takes it back.", serialGroup: "changes") { call in
            let passing = Prompt("test_passing_prompt", "Is there for a moment.") { _ in .text("still here") }
            try call.host.scope.register(passing).remove()
            return .text("Mutation triggered")
        }
        Tool("test_trigger_resource_change", "Offers one resource more, and takes it back.", serialGroup: "changes") { call in
            let passing = Resource("test://passing-resource", name: "passing-resource") { _ in .text("still here") }
            try call.host.scope.register(passing).remove()
            return .text("Mutation triggered")
        }
        Tool.inline("test_touch_watched_resource", "Says that \(Self.watched) has changed.") { call in
            try call.host.scope.resourceUpdated(Self.watched)
            return .text("Touched")
        }
    }
}
