import JSON

/// What is sent outside of any request. `subscription` is the id of the listen that it is sent on: every frame of it names it, in the JSON
/// type that the client gave it (DIGEST 1.10). Legacy has none.
extension MessageEncoder {
    package func event(_ event: ServerEvent, subscription: RequestID? = nil) -> [UInt8] {
        var writer = JSONWriter(reserving: 192)
        writer.beginMessage()
        writer.key("method")
        writer.string(event.method)
        var uri: String?
        if case .resourceUpdated(let updated) = event { uri = updated }
        if uri != nil || subscription != nil {
            writer.key("params")
            writer.beginObject()
            writer.member("uri", uri)
            if let subscription { meta(subscription, to: &writer) }
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }

    /// The first frame of a listen: what of its filter is honoured.
    package func acknowledged(_ honoured: SubscriptionFilter, subscription: RequestID) -> [UInt8] {
        notification("notifications/subscriptions/acknowledged") { writer in
            writer.key("notifications")
            honoured.write(to: &writer)
            meta(subscription, to: &writer)
        }
    }

    /// The answer to a listen: the server has ended it.
    package func listenResult(id: RequestID) -> [UInt8] {
        answer(
            id: id,
            hostMeta: { writer in
                writer.key(MetaKey.subscriptionID)
                id.write(to: &writer)
            })
    }

    /// What follows a listen's result on stdio, where no stream ends with it.
    package func listenCancelled(id: RequestID, reason: String) -> [UInt8] {
        notification("notifications/cancelled") { writer in
            writer.key("requestId")
            id.write(to: &writer)
            writer.member("reason", reason)
            meta(id, to: &writer)
        }
    }

    func meta(_ subscription: RequestID, to writer: inout JSONWriter) {
        writer.key("_meta")
        writer.beginObject()
        writer.key(MetaKey.subscriptionID)
        subscription.write(to: &writer)
        writer.endObject()
    }
}
