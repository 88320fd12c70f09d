internal import CAmbit
internal import Scopes

/// What a handle of a plugin names that can be promoted (S11): the resource, and the scope that knows the handle, where that is not the
/// resource itself.
struct Promotable {
    let resource: Resource
    let entry: ScopeEntry?

    private init(_ resource: Resource, knownBy entry: ScopeEntry? = nil) {
        self.resource = resource
        self.entry = entry
    }

    static func find(_ handle: ambit_handle) throws(Refusal) -> Promotable {
        switch HandleKind(rawValue: UInt8(truncatingIfNeeded: handle >> 56)) {
        case .task: return Promotable(try PluginTask.find(handle))
        case .finalizer: return Promotable(try PluginFinalizer.find(handle))
        case .resource: return Promotable(try PluginOwnResource.find(handle))
        case .timer:
            guard let timer = try PluginTimer.find(handle).resource else { throw .stale("timer") }
            return Promotable(timer)
        case .channel:
            let channel = try PluginChannel.find(handle)
            return Promotable(channel.channel, knownBy: channel.entry)
        case .subscription:
            let subscription = try PluginSubscription.find(handle)
            return Promotable(subscription.subscription, knownBy: subscription.entry)
        case .process:
            let process = try PluginProcess.find(handle)
            return Promotable(process.process, knownBy: process.entry)
        case .reply:
            let reply = try PluginReply.find(handle)
            return Promotable(reply.reply, knownBy: reply.entry)
        case .descriptor:
            let descriptor = try PluginDescriptor.find(handle)
            return Promotable(descriptor.descriptor, knownBy: descriptor.entry)
        case .listener:
            let listener = try PluginListener.find(handle)
            return Promotable(listener.listener, knownBy: listener.entry)
        case .directory:
            let directory = try PluginDirectory.find(handle)
            return Promotable(directory.directory, knownBy: directory.entry)
        case .arena:
            let arena = try PluginArena.find(handle)
            return Promotable(arena.arena, knownBy: arena.entry)
        case .host, .scope, .call, .registration, .kind, .lease, nil: throw .stale("resource that can be promoted")
        }
    }

    func promote(_ handle: ambit_handle, to target: ScopeEntry) throws(Refusal) {
        // The handle goes first: the scope that it leaves may close right behind the resource, and takes away what it still keeps.
        let keeper = entry?.keeper(of: handle)
        keeper?.move(handle, to: target)
        do throws(PromotionError) {
            try resource.promote(to: target.scope)
        } catch {
            keeper?.takeBack(handle, from: target)
            if case .refused(let refused) = error { throw Refusal(refused) }
            throw .invalid("\(error)")
        }
    }
}
