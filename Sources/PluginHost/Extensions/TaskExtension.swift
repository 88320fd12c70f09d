internal import CAmbit
internal import Scopes

/// `ambit.task/1`.
enum TaskExtension {
    static var table: ambit_host_task {
        var table = ambit_host_task()
        table.post = { host, context, job in
            crossing { () throws(Refusal) in
                let instance = try HostExtensions.instance(host)
                try TaskExtension.post(instance, try ForeignCallback(context, required: job, "job"))
            }
        }
        table.spawn = { scope, options, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginTask.spawn(options, in: try ScopeEntry.find(scope))
            }
        }
        table.adopt = { scope, options, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginTask.adopt(options, in: try ScopeEntry.find(scope))
            }
        }
        table.finished = { task in
            crossing { () throws(Refusal) in try PluginTask.find(task).finished() }
        }
        table.cancel = { task in
            crossing { () throws(Refusal) in try PluginTask.find(task).cancelByPlugin() }
        }
        return table
    }

    /// What a posted job needs: one allocation instead of a closure's and its captures'.
    private final class Job: Sendable {
        let instance: PluginInstance
        let job: ForeignCallback<ContextFunction>

        init(_ instance: PluginInstance, _ job: ForeignCallback<ContextFunction>) {
            self.instance = instance
            self.job = job
        }
    }

    private static func post(_ instance: PluginInstance, _ job: ForeignCallback<ContextFunction>) throws(Refusal) {
        instance.gate.enter()
        let context = Unmanaged.passRetained(Job(instance, job))
        let posted = instance.executor.post(context.toOpaque()) {
            let job = Unmanaged<Job>.fromOpaque($0!).takeRetainedValue()
            Bracket.pluginThread.check(job.instance, "job")
            PluginJob.run(job.instance) { job.job.function(job.job.context) }
            job.instance.gate.leave()
        }
        if !posted {
            context.release()
            instance.gate.leave()
            throw Refusal(.closed, "the executor of '\(instance.name)' has ended")
        }
    }
}
