/// The lifetime above a call: a protocol session, a stdio connection, or a handle that the client passes back as the argument `session`.
public struct Session: Sendable {
    /// The same for every call of the session, never reused.
    public let key: UInt64
    /// This session × this plugin (S12): ends with either. What the next call is to find again belongs here.
    public let scope: Scope
    /// What the client passes back; nil for a protocol session.
    public let handle: String?
    /// This call minted it.
    public let isNew: Bool
    /// It ends after this long without a call; nil: never by that.
    public let idle: Duration?

    static let argument = "session"

    /// What a result says to the client that has just got a handle.
    var announcement: String {
        var text = "Session: \(handle ?? "") (pass it as \"\(Session.argument)\" in later calls"
        if let idle { text += "; it ends after \(Session.spoken(idle)) without one" }
        return text + ")"
    }

    private static func spoken(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        return switch seconds {
        case 3600... where seconds % 3600 == 0: "\(seconds / 3600) h"
        case 60... where seconds % 60 == 0: "\(seconds / 60) min"
        default: "\(seconds) s"
        }
    }
}

extension Call {
    func session(
        given handle: String,
        _ find: (UnsafeMutablePointer<ambit_session_info>, UnsafeMutablePointer<ambit_error>) -> ambit_status
    ) throws(AmbitError) -> Session {
        var info = ambit_session_info()
        info.struct_size = UInt32(MemoryLayout<ambit_session_info>.size)
        do throws(AmbitError) {
            try AmbitError.check { error in find(&info, error) }
        } catch {
            guard error.status == .notFound, !handle.isEmpty else { throw error }
            throw AmbitError(
                .notFound,
                "Argument \"\(Session.argument)\": \(JSON.string(handle).text) is unknown or has ended; leave it out to begin a new session."
            )
        }
        let isHandle = info.kind == Int32(AMBIT_SESSION_HANDLE)
        return Session(
            key: info.key, scope: Scope(handle: info.scope, runtime: host.runtime),
            handle: isHandle ? cText(info.handle) : nil, isNew: isHandle && handle.isEmpty,
            idle: info.idle_ns > 0 ? .nanoseconds(info.idle_ns) : nil)
    }
}
