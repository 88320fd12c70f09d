import JSON

/// What the server offers. A method whose capability is not offered does not exist (-32601).
package struct ServerCapabilities: Sendable, Equatable {
    package struct ListChanged: Sendable, Equatable {
        package var listChanged: Bool
        package init(listChanged: Bool) { self.listChanged = listChanged }
    }

    package struct Resources: Sendable, Equatable {
        package var subscribe: Bool
        package var listChanged: Bool

        package init(subscribe: Bool = false, listChanged: Bool = false) {
            self.subscribe = subscribe
            self.listChanged = listChanged
        }
    }

    /// Nil: no tools at all.
    package var tools: ListChanged?
    /// Nil: no resources at all.
    package var resources: Resources?
    /// Nil: no prompts at all.
    package var prompts: ListChanged?
    /// Whether arguments are completed.
    package var completions: Bool
    /// Whether calls may become tasks (an extension of the modern era).
    package var tasks: Bool
    /// Whether log notifications are ever sent.
    package var logging: Bool

    package init(
        tools: ListChanged? = nil, resources: Resources? = nil, prompts: ListChanged? = nil, completions: Bool = false,
        tasks: Bool = false, logging: Bool = false
    ) {
        self.tools = tools
        self.resources = resources
        self.prompts = prompts
        self.completions = completions
        self.tasks = tasks
        self.logging = logging
    }

    /// Whether a request with this method is served in this era.
    package func serves(_ method: KnownMethod, _ era: Era) -> Bool {
        guard method.isRequest(in: era) else { return false }
        return switch method {
        case .toolsList, .toolsCall: tools != nil
        case .resourcesList, .resourceTemplatesList, .resourcesRead: resources != nil
        case .resourcesSubscribe, .resourcesUnsubscribe: resources?.subscribe == true
        case .promptsList, .promptsGet: prompts != nil
        case .complete: completions
        case .setLevel: logging
        case .tasksGet, .tasksUpdate, .tasksCancel: tasks
        case .listen: canNotify
        default: true
        }
    }

    /// Whether there is anything that a client could listen to.
    private var canNotify: Bool {
        tools?.listChanged == true || prompts?.listChanged == true || resources?.listChanged == true || resources?.subscribe == true
            || tasks
    }

    /// The capability `completions` came with 2025-03-26; the method is older.
    func write(to writer: inout JSONWriter, for version: ProtocolVersion) {
        writer.beginObject()
        if let tools { Self.write("tools", tools, to: &writer) }
        if let prompts { Self.write("prompts", prompts, to: &writer) }
        if let resources {
            writer.key("resources")
            writer.beginObject()
            if resources.subscribe {
                writer.key("subscribe")
                writer.bool(true)
            }
            if resources.listChanged {
                writer.key("listChanged")
                writer.bool(true)
            }
            writer.endObject()
        }
        if completions, version >= .v2025_03_26 { Self.write("completions", ListChanged(listChanged: false), to: &writer) }
        if logging { Self.write("logging", ListChanged(listChanged: false), to: &writer) }
        if tasks, version.era == .modern {
            writer.key("extensions")
            writer.beginObject()
            Self.write(TaskSnapshot.extensionID, ListChanged(listChanged: false), to: &writer)
            writer.endObject()
        }
        writer.endObject()
    }

    private static func write(_ key: StaticString, _ value: ListChanged, to writer: inout JSONWriter) {
        writer.key(key)
        writer.beginObject()
        if value.listChanged {
            writer.key("listChanged")
            writer.bool(true)
        }
        writer.endObject()
    }
}
