/// What the host knows of one configured plugin now.
package struct PluginStatus: Sendable {
    package enum State: String, Sendable {
        /// Not loaded yet, or disabled; `reason` says which.
        case disabled
        case loading, ready
        /// Some of its work ignored cancellation and was given up (S9).
        case degraded
        /// It could not be loaded or started, or has used up its threads; `error` says why.
        case failed
        case closing
    }

    package let path: String
    /// Nil as long as nothing could be read of it.
    package let name: String?
    package let version: String?
    package let summary: String?
    package let toolchain: String?
    /// Names of its permissions.
    package let permissions: [String]
    package let state: State
    /// Why it is disabled.
    package let reason: String
    package let error: PluginError?
    /// How often it was started; the number in its scope's label.
    package let generation: Int
    /// Why it is not as it should be, for people; nil: it is.
    package var why: String? {
        if let error { return "\(error)" }
        if !reason.isEmpty { return reason }
        return state == .degraded ? "some of its work ignored its cancellation and was given up" : nil
    }

    /// What a configuration would pin.
    package let pin: PluginPin?
    /// Tools that it offers now.
    package let tools: [String]
}
