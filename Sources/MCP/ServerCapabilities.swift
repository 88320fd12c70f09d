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
    /// Whether log notifications are ever sent.
    package var logging: Bool

    package init(tools: ListChanged? = nil, resources: Resources? = nil, logging: Bool = false) {
        self.tools = tools
        self.resources = resources
        self.logging = logging
    }

    /// Whether a request with this method is served in this era.
    package func serves(_ method: KnownMethod, _ era: Era) -> Bool {
        guard method.isRequest(in: era) else { return false }
        return switch method {
        case .toolsList, .toolsCall: tools != nil
        case .resourcesList, .resourceTemplatesList, .resourcesRead: resources != nil
        case .setLevel: logging
        case .listen: canNotify
        default: true
        }
    }

    /// Whether there is anything that a client could listen to.
    private var canNotify: Bool {
        tools?.listChanged == true || resources?.listChanged == true || resources?.subscribe == true
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        if let tools {
            writer.key("tools")
            writer.beginObject()
            if tools.listChanged {
                writer.key("listChanged")
                writer.bool(true)
            }
            writer.endObject()
        }
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
        if logging {
            writer.key("logging")
            writer.beginObject()
            writer.endObject()
        }
        writer.endObject()
    }
}
