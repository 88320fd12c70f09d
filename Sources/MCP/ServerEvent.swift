/// What a client can be told of outside of any request.
package enum ServerEvent: Hashable, Sendable {
    case toolsListChanged
    case promptsListChanged
    case resourcesListChanged
    /// The resource with this URI.
    case resourceUpdated(uri: String)
    /// The task with this id: modern only.
    case taskChanged(id: String)

    var method: StaticString {
        switch self {
        case .toolsListChanged: "notifications/tools/list_changed"
        case .promptsListChanged: "notifications/prompts/list_changed"
        case .resourcesListChanged: "notifications/resources/list_changed"
        case .resourceUpdated: "notifications/resources/updated"
        case .taskChanged: "notifications/tasks"
        }
    }
}
