internal import CAmbit
package import MCP
internal import Scopes

/// A tool of a loaded plugin. Stays valid after its plugin was unloaded: calls are refused then.
package final class Tool: Sendable {
    package enum Execution: Int32, Sendable {
        case async = 0
        /// On the caller's thread.
        case inline = 1
        /// On a blocking thread of the plugin.
        case blocking = 2
    }

    package let definition: ToolDefinition
    package let execution: Execution
    package let plugin: PluginInstance
    /// Nanoseconds; Int64.max: none.
    package let idleLimit: Int64
    package let totalLimit: Int64
    /// The plugin gave the total limit; else it is the host's default.
    let hasOwnTotalLimit: Bool
    /// May be run again from its start with the answers of a call that is gone (A12).
    package let isReplayable: Bool
    let group: SerialGroup?
    /// Of a tool that can be withdrawn while its plugin stays.
    let uses: ToolUses?
    let handler: ForeignCallback<@convention(c) (UnsafeMutableRawPointer?, ambit_call) -> Void>

    init(
        _ definition: ToolDefinition, execution: Execution, plugin: PluginInstance, idleLimit: Int64, totalLimit: Int64,
        hasOwnTotalLimit: Bool, isReplayable: Bool, group: SerialGroup?, uses: ToolUses?,
        handler: ForeignCallback<@convention(c) (UnsafeMutableRawPointer?, ambit_call) -> Void>
    ) {
        self.definition = definition
        self.execution = execution
        self.plugin = plugin
        self.idleLimit = idleLimit
        self.totalLimit = totalLimit
        self.hasOwnTotalLimit = hasOwnTotalLimit
        self.isReplayable = isReplayable
        self.group = group
        self.uses = uses
        self.handler = handler
    }

    /// The one way for a call to travel: opens the call's scope in that of the session and plugin, or of the plugin where there is no
    /// session, runs the handler as `execution` says, and talks to `sink`.
    ///
    /// - Returns: nil when the call was refused; `sink.finish` has been called then.
    package func invoke(_ request: CallRequest, sink: any CallSink) -> CallHandle? {
        if plugin.state == .failed {
            sink.finish(
                .failure(.internalError("the plugin '\(plugin.name)' has failed and takes no calls; see the server's log")))
            return nil
        }
        let call: Call
        do throws(Refusal) {
            call = try Call(self, request, sink)
        } catch {
            sink.finish(.failure(.internalError("the tool '\(definition.name)' takes no calls now: \(error.text)")))
            return nil
        }
        guard let group else {
            call.start(onCallersThread: true)
            return call
        }
        switch group.enter(call) {
        case .run where call.joinGroup(): call.start(onCallersThread: true)
        case .queued where call.joinGroup(): call.armDeadline()
        case .run, .queued: group.leave(call)
        case .full:
            call.refuse(
                "\(SerialGroup.limit) calls wait for the serial group '\(group.name)' of the plugin '\(plugin.name)' already; try again later"
            )
            return nil
        }
        return call
    }
}
