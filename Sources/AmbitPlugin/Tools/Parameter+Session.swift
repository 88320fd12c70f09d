/// How a tool takes its session.
public enum SessionMode: Sendable {
    /// The one that the call has or names; nothing is made.
    case existing
}

extension Parameter {
    /// The session of the call, in both eras: the named handle's, or the protocol session's, or a new handle, which the result carries back to
    /// the client together with its idle time. Adds the optional property `session`.
    ///
    /// - Parameter idle: how long a new handle lives without a call; nil: the host's 4 hours.
    public static func session(idle: Duration? = nil, description: String? = nil) -> Parameter<Session> {
        let find: @Sendable (inout ArgumentReader, String) throws -> Session = { reader, handle in
            try reader.mintSession(handle, idle: idle)
        }
        return .init(
            Session.argument,
            schema: schema(
                description ?? "The session to work in: the handle that an earlier result gave. Leave it out to begin one."),
            hasEffect: true, absent: { try find(&$0, "") },
            read: { reader, value in try find(&reader, try Element<String>.string.read(&reader, value, Session.argument)) })
    }

    /// The session of the call if there is one: nil where the client names none and has no protocol session. An unknown handle is an error.
    public static func session(_ mode: SessionMode, description: String? = nil) -> Parameter<Session?> {
        .init(
            Session.argument,
            schema: schema(description ?? "The session to look in: the handle that an earlier result gave."),
            hasEffect: true, absent: { try $0.findSession("") },
            read: { reader, value in
                try reader.findSession(try Element<String>.string.read(&reader, value, Session.argument))
            })
    }

    private static func schema(_ description: String) -> JSON.Object {
        JSON.Object([("type", "string"), ("description", .string(description))])
    }
}
