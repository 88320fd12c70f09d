import JSON

/// What a client wants to be told of: the parameter of `subscriptions/listen`, and what of it is honoured (DIGEST 1.10).
package struct SubscriptionFilter: Sendable, Equatable {
    package var toolsListChanged = false
    package var promptsListChanged = false
    package var resourcesListChanged = false
    /// URIs; nil: not asked for.
    package var resourceSubscriptions: [String]?
    /// Of the tasks extension; nil: not asked for.
    package var taskIDs: [String]?

    /// Of each of the two lists.
    package static let maximalTexts = 1024
    /// Of both together: what a listen keeps as long as it lives.
    package static let maximalBytes = 256 << 10

    package init() {}

    /// Members that are not known are left to whoever knows them.
    package static func parse(_ inbound: Inbound) -> Result<SubscriptionFilter, ProtocolError> {
        guard let wanted = inbound.params?["notifications"], wanted.kind == .object else {
            return .failure(.invalidParams("notifications must be an object"))
        }
        do throws(ProtocolError) {
            var filter = SubscriptionFilter()
            filter.toolsListChanged = try flag(wanted, "toolsListChanged")
            filter.promptsListChanged = try flag(wanted, "promptsListChanged")
            filter.resourcesListChanged = try flag(wanted, "resourcesListChanged")
            var left = maximalBytes
            filter.resourceSubscriptions = try texts(wanted, "resourceSubscriptions", &left) { uri throws(ProtocolError) in
                guard ResourceDefinition.isURI(uri) else {
                    throw .invalidParams(
                        "notifications.resourceSubscriptions must hold absolute URIs, unlike '\(ProtocolError.brief(uri))'")
                }
            }
            filter.taskIDs = try texts(wanted, "taskIds", &left) { _ in }
            return .success(filter)
        } catch {
            return .failure(error)
        }
    }

    /// The part of it that this server can keep.
    ///
    /// - Parameters:
    ///   - reads: whether there is such a resource for its client.
    ///   - knows: whether its client has a task with this id.
    package func honoured(
        by capabilities: ServerCapabilities, reads: (String) -> Bool = { _ in true }, knows: (String) -> Bool = { _ in false }
    ) -> SubscriptionFilter {
        var honoured = SubscriptionFilter()
        honoured.toolsListChanged = toolsListChanged && capabilities.tools?.listChanged == true
        honoured.promptsListChanged = promptsListChanged && capabilities.prompts?.listChanged == true
        honoured.resourcesListChanged = resourcesListChanged && capabilities.resources?.listChanged == true
        if capabilities.tasks { honoured.taskIDs = taskIDs?.filter(knows) }
        if capabilities.resources?.subscribe == true { honoured.resourceSubscriptions = resourceSubscriptions?.filter(reads) }
        return honoured
    }

    /// A resource that lies below one that was asked for is wanted as well.
    package func wants(_ event: ServerEvent) -> Bool {
        switch event {
        case .toolsListChanged: toolsListChanged
        case .promptsListChanged: promptsListChanged
        case .resourcesListChanged: resourcesListChanged
        case .resourceUpdated(let uri):
            resourceSubscriptions?.contains { Self.covers($0, uri) } ?? false
        case .taskChanged(let id): taskIDs?.contains(id) ?? false
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        write("toolsListChanged", toolsListChanged, to: &writer)
        write("promptsListChanged", promptsListChanged, to: &writer)
        write("resourcesListChanged", resourcesListChanged, to: &writer)
        write("resourceSubscriptions", resourceSubscriptions, to: &writer)
        write("taskIds", taskIDs, to: &writer)
        writer.endObject()
    }

    private func write(_ key: StaticString, _ texts: [String]?, to writer: inout JSONWriter) {
        guard let texts else { return }
        writer.key(key)
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
    }

    private func write(_ key: StaticString, _ flag: Bool, to writer: inout JSONWriter) {
        guard flag else { return }
        writer.key(key)
        writer.bool(true)
    }

    /// A resource, or one below it.
    package static func covers(_ wanted: String, _ uri: String) -> Bool {
        guard uri.utf8.count > wanted.utf8.count else { return uri == wanted }
        guard uri.utf8.starts(with: wanted.utf8) else { return false }
        return wanted.utf8.last == UInt8(ascii: "/") || uri.utf8.dropFirst(wanted.utf8.count).first == UInt8(ascii: "/")
    }

    private static func flag(_ wanted: JSONValue, _ key: StaticString) throws(ProtocolError) -> Bool {
        guard let value = wanted[key] else { return false }
        guard let flag = value.bool else { throw .invalidParams("notifications.\(key) must be true or false") }
        return flag
    }

    /// Each once, in the order of the client.
    private static func texts(
        _ wanted: JSONValue, _ key: StaticString, _ left: inout Int, check: (String) throws(ProtocolError) -> Void
    ) throws(ProtocolError) -> [String]? {
        guard let value = wanted[key] else { return nil }
        guard value.kind == .array else { throw .invalidParams("notifications.\(key) must be an array of strings") }
        var texts: [String] = []
        var known: Set<String> = []
        for element in value.elements {
            guard let text = element.string else { throw .invalidParams("notifications.\(key) must be an array of strings") }
            try check(text)
            guard known.insert(text).inserted else { continue }
            left -= text.utf8.count
            guard left >= 0, texts.count < maximalTexts else {
                throw .invalidParams(
                    "a listen has at most \(maximalTexts) URIs, as many tasks, and \(maximalBytes >> 10) KiB of both: open another one")
            }
            texts.append(text)
        }
        return texts
    }
}
