internal import Glibc

/// A stretch of plugin code on one thread: what a host function is called from.
///
/// What must not happen inside a host function (A8), or is cheaper right after the plugin's code has returned, is put off to the end
/// of the stretch. So the scope of a call that its handler finishes closes after the handler's own task has ended, and has
/// nothing to cancel; no timer is needed for that. Where there is no such stretch, it happens on the plugin's executor, or at once where it
/// is host code: on threads of the plugin's own, and on blocking threads, where a handler may go on for long after it has finished its call.
enum PluginJob {
    /// Lives on the stack of the thread that it describes.
    private struct Frame {
        let instance: PluginInstance
        /// First what ends resources, then what closes scopes, which then find nothing to wait for.
        var endings: [@Sendable () -> Void] = []
        /// The one of an inline tool that has finished its call costs no array.
        var closing: (@Sendable () -> Void)?
        var closings: [@Sendable () -> Void] = []
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// Runs plugin code that must not block on the calling thread.
    static func run(_ instance: PluginInstance, _ body: () -> Void) {
        var frame = Frame(instance: instance)
        withUnsafeMutablePointer(to: &frame) { frame in
            let outer = pthread_getspecific(key)
            pthread_setspecific(key, frame)
            body()
            pthread_setspecific(key, outer)
        }
        for ending in frame.endings { ending() }
        frame.closing?()
        for closing in frame.closings { closing() }
    }

    /// Whether the calling thread is inside a callback of this plugin.
    static func isInside(_ instance: PluginInstance) -> Bool { current(of: instance) != nil }

    private static func current(of instance: PluginInstance) -> UnsafeMutablePointer<Frame>? {
        guard let frame = pthread_getspecific(key)?.assumingMemoryBound(to: Frame.self), frame.pointee.instance === instance
        else { return nil }
        return frame
    }

    /// Calls into the plugin, but not before the host function that asks for it has returned (A8).
    static func afterwards(_ instance: PluginInstance, _ ending: @escaping @Sendable () -> Void) {
        if let frame = current(of: instance) {
            frame.pointee.endings.append(ending)
        } else {
            instance.post(ending)
        }
    }

    /// Host code that is better done after the plugin's code on this thread has returned; at once where there is none.
    static func closing(_ instance: PluginInstance, _ closing: @escaping @Sendable () -> Void) {
        if let frame = current(of: instance) {
            if frame.pointee.closing == nil { frame.pointee.closing = closing } else { frame.pointee.closings.append(closing) }
        } else {
            closing()
        }
    }
}
