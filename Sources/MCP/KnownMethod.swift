/// The methods that this server knows, by their names on the wire.
package enum KnownMethod: String, Sendable, CaseIterable {
    case initialize
    case initialized = "notifications/initialized"
    case ping
    case discover = "server/discover"
    case toolsList = "tools/list"
    case toolsCall = "tools/call"
    case resourcesList = "resources/list"
    case resourceTemplatesList = "resources/templates/list"
    case resourcesRead = "resources/read"
    case resourcesSubscribe = "resources/subscribe"
    case resourcesUnsubscribe = "resources/unsubscribe"
    case promptsList = "prompts/list"
    case promptsGet = "prompts/get"
    case complete = "completion/complete"
    case listen = "subscriptions/listen"
    case tasksGet = "tasks/get"
    case tasksUpdate = "tasks/update"
    case tasksCancel = "tasks/cancel"
    case setLevel = "logging/setLevel"
    case cancelled = "notifications/cancelled"

    /// The method of this name. Calls come first: to look among all names costs a hash.
    init?(_ name: String) {
        if name == "tools/call" {
            self = .toolsCall
        } else {
            self.init(rawValue: name)
        }
    }

    /// Whether a client of this era may send it as a request.
    func isRequest(in era: Era) -> Bool {
        switch self {
        case .toolsList, .toolsCall, .resourcesList, .resourceTemplatesList, .resourcesRead, .promptsList, .promptsGet, .complete: true
        case .discover, .listen, .tasksGet, .tasksUpdate, .tasksCancel: era == .modern
        case .initialize, .ping, .setLevel, .resourcesSubscribe, .resourcesUnsubscribe: era == .legacy
        case .initialized, .cancelled: false
        }
    }
}
