internal import Scopes

/// On which thread the ABI says that the host calls a function of a plugin (A6). Asserted in debug builds, right before the call.
enum Bracket {
    case pluginThread
    case blockingThread

    /// Costs nothing in release builds.
    @inline(__always)
    func check(_ instance: PluginInstance, _ function: @autoclosure () -> StaticString) {
        assert(holds(instance), "\(function()) of '\(instance.name)' is called on the wrong thread: its bracket says \(self)")
    }

    /// Once its threads have ended, what is left runs on the poster's.
    private func holds(_ instance: PluginInstance) -> Bool {
        switch self {
        case .pluginThread: instance.executor.isCurrent || instance.executor.hasStopped
        case .blockingThread: instance.blocking.isCurrent || instance.blocking.hasStopped
        }
    }
}
