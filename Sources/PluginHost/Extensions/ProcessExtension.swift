internal import CAmbit
internal import Scopes

/// `ambit.process/1`.
enum ProcessExtension {
    private typealias ReadDone = @convention(c) (UnsafeMutableRawPointer?, ambit_status, Int32, ambit_bytes) -> Void
    private typealias InfoDone = @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<ambit_process_info>?) -> Void

    static var table: ambit_host_process {
        var table = ambit_host_process()
        table.start = { scope, options, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginProcess.start(options, in: try ScopeEntry.find(scope))
            }
        }
        table.read = { process, context, done in
            crossing { () throws(Refusal) in
                try ProcessExtension.read(try PluginProcess.find(process), try ForeignCallback(context, required: done, "done"))
            }
        }
        table.wait_started = { process, context, done in
            crossing { () throws(Refusal) in
                let process = try PluginProcess.find(process)
                process.process.whenStarted(ProcessExtension.promise(process, try ForeignCallback(context, required: done, "done")))
            }
        }
        table.wait = { process, context, done in
            crossing { () throws(Refusal) in
                let process = try PluginProcess.find(process)
                process.process.whenExited(ProcessExtension.promise(process, try ForeignCallback(context, required: done, "done")))
            }
        }
        table.info = { process, out in
            crossing { () throws(Refusal) in
                try Structs.write(try PluginProcess.find(process).process.info.foreign, to: out, "out")
            }
        }
        table.write = { process, data, context, done in
            crossing { () throws(Refusal) in
                let process = try PluginProcess.find(process)
                try ProcessExtension.write(process, try data.array("data"), try ForeignCallback(context, required: done, "done"))
            }
        }
        table.close_input = { process in
            crossing { () throws(Refusal) in try PluginProcess.find(process).process.closeInput() }
        }
        table.signal = { process, signal in
            crossing { () throws(Refusal) in
                let process = try PluginProcess.find(process)
                guard (1...64).contains(signal) else { throw .invalid("signal is \(signal): it is 1 to 64") }
                process.process.signal(signal)
            }
        }
        table.stop = { process, grace in
            crossing { () throws(Refusal) in
                let process = try PluginProcess.find(process)
                guard grace >= 0 else { throw .invalid("grace_ns is \(grace): it is 0 (the process's own) or nanoseconds") }
                process.process.stop(grace: grace == 0 ? nil : grace)
            }
        }
        table.resize = { process, rows, columns in
            crossing { () throws(Refusal) in try PluginProcess.find(process).resize(rows: rows, columns: columns) }
        }
        table.forget = { process in
            crossing { () throws(Refusal) in try PluginProcess.find(process).forget(process) }
        }
        return table
    }

    private static func read(_ process: PluginProcess, _ done: ForeignCallback<ReadDone>) throws(Refusal) {
        let instance = process.instance
        instance.gate.enter()
        let accepted = process.process.read { chunk in
            PluginJob.run(instance) {
                if let chunk {
                    chunk.bytes.withUnsafeBytes {
                        done.function(done.context, statusOK, chunk.stream, ambit_bytes(borrowing: $0))
                    }
                } else {
                    done.function(done.context, Refusal.Status.closed.raw, 0, ambit_bytes())
                }
            }
            instance.gate.leave()
        }
        if !accepted {
            instance.gate.leave()
            throw .invalid("a read of this process is under way: there is one reader at a time")
        }
    }

    /// A callback with what became of the process, counted until it has returned.
    private static func promise(
        _ process: PluginProcess, _ done: ForeignCallback<InfoDone>
    ) -> @Sendable (Process.Info) -> Void {
        let instance = process.instance
        instance.gate.enter()
        return { info in
            var foreign = info.foreign
            PluginJob.run(instance) { done.function(done.context, &foreign) }
            instance.gate.leave()
        }
    }

    private static func write(_ process: PluginProcess, _ data: [UInt8], _ done: ForeignCallback<StatusFunction>) throws(Refusal) {
        let instance = process.instance
        instance.gate.enter()
        process.process.write(data) { written in
            PluginJob.run(instance) { done.function(done.context, written ? statusOK : Refusal.Status.closed.raw) }
            instance.gate.leave()
        }
    }
}
