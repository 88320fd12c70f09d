/// The methods that this server knows, by their names on the wire.
package enum KnownMethod: String, Sendable, CaseIterable {
    case initialize
    case initialized = "notifications/initialized"
    case ping
    case discover = "server/discover"
    case toolsList = "tools/list"
    case toolsCall = "tools/call"
    case setLevel = "logging/setLevel"
    case cancelled = "notifications/cancelled"

    /// The eras in which a client may send it as a request.
    var requestEras: Set<Era> {
        switch self {
        case .toolsList, .toolsCall: [.legacy, .modern]
        case .discover: [.modern]
        case .initialize, .ping, .setLevel: [.legacy]
        case .initialized, .cancelled: []
        }
    }
}
