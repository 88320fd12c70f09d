internal import CAmbit
internal import CLinux
internal import Scopes

/// A port or local socket that a plugin listens on. Each connection belongs to a scope before the plugin sees it.
final class PluginListener: Sendable {
    typealias Done = @convention(c) (UnsafeMutableRawPointer?, ambit_status, ambit_descriptor) -> Void

    let listener: Listener
    let entry: ScopeEntry
    private var instance: PluginInstance { entry.instance }
    private let waiting: OneWait<Done>

    private init(_ listener: Listener, _ entry: ScopeEntry) {
        self.listener = listener
        self.entry = entry
        waiting = OneWait(entry.instance)
    }

    static func open(
        _ options: UnsafePointer<ambit_listener_options>?, in entry: ScopeEntry, port: UnsafeMutablePointer<Int32>?
    ) throws(Refusal) -> ambit_listener {
        let instance = entry.instance
        guard instance.facts.allows(AMBIT_PERMISSION_NETWORK) else {
            throw Refusal(.denied, "'\(instance.name)' may not listen: it needs AMBIT_PERMISSION_NETWORK in its descriptor")
        }
        let options = try Structs.read(options, "options")
        let listener: Listener
        let address = try address(options)
        let label = try options.label.string("options.label")
        guard options.backlog <= 65_535 else { throw .invalid("options.backlog is \(options.backlog): 65535 is the most") }
        do throws(ListenerError) {
            listener = try entry.scope.listen(
                address, label: label, backlog: options.backlog == 0 ? 128 : Int32(options.backlog), on: instance.executor)
        } catch {
            if let refusal = error.refusal { throw Refusal(refusal) }
            throw Refusal(.failed, "\(error)", detail: Int64(error.errorNumber))
        }
        do throws(Refusal) {
            let handle = try entry.name(.listener, PluginListener(listener, entry))
            port?.pointee = listener.port
            return handle
        } catch {
            listener.close()
            throw error
        }
    }

    private static func address(_ options: ambit_listener_options) throws(Refusal) -> Listener.Address {
        guard options.path.size == 0 else {
            let path = try options.path.bytes("options.path")
            guard let text = String(validating: path.bindMemory(to: UInt8.self), as: UTF8.self), !text.utf8.contains(0) else {
                throw .invalid("options.path is not UTF-8, or has a zero in it")
            }
            return .local(path: text)
        }
        guard (0...65_535).contains(options.port) else { throw .invalid("options.port is \(options.port): it is 0 to 65535") }
        return .tcp(host: try options.host.optionalString("options.host") ?? "127.0.0.1", port: options.port)
    }

    static func find(_ handle: ambit_listener) throws(Refusal) -> PluginListener {
        guard let listener = HandleTable.shared.object(handle, .listener, as: PluginListener.self) else { throw .stale("listener") }
        return listener
    }

    func accept(into scope: ScopeEntry, _ done: ForeignCallback<Done>) throws(Refusal) -> UInt64 {
        try waiting.begin(done, "an accept of this listener") {
            listener.accept { [self] accepted in accept(accepted, into: scope) }
        }
    }

    private func accept(_ accepted: Listener.Accepted, into scope: ScopeEntry) {
        let done = waiting.take()
        var (status, handle) = (Refusal.Status.closed.raw, ambit_descriptor(0))
        if case .connection(let number) = accepted {
            do throws(Refusal) {
                guard done != nil else { throw Refusal(.cancelled, "nobody waits") }
                handle = try PluginDescriptor.adopt(number, label: "connection", in: scope)
                status = statusOK
            } catch {
                // The scope that was to own it is closing.
                _ = ambit_linux_close(number)
                status = error.status.raw
            }
        }
        guard let done else { return }
        PluginJob.run(instance) { done.function(done.context, status, handle) }
        instance.gate.leave()
    }

    /// The wait ends early, and is told so.
    func cancelWait(_ waiter: UInt64) throws(Refusal) {
        guard listener.cancelAccept(waiter), let done = waiting.take() else { throw Refusal(.notFound, "this wait is done already") }
        instance.deliver { done.function(done.context, Refusal.Status.cancelled.raw, 0) }
    }

    func close(_ handle: ambit_listener) {
        listener.close()
        entry.forget(handle)
    }
}
