internal import CAmbit
internal import Scopes

/// A child process of a plugin, with everything that it starts.
final class PluginProcess: Sendable {
    let process: Process
    let instance: PluginInstance
    let entry: ScopeEntry

    private init(_ process: Process, _ entry: ScopeEntry) {
        self.process = process
        self.entry = entry
        instance = entry.instance
    }

    static let standardGrace: Int64 = 2_000_000_000
    static let standardOutput = 256 << 10
    static let maximalArguments: UInt64 = 65_536

    static func start(
        _ options: UnsafePointer<ambit_process_options>?, in entry: ScopeEntry
    ) throws(Refusal) -> ambit_process {
        let instance = entry.instance
        guard instance.facts.allows(AMBIT_PERMISSION_PROCESS) else {
            throw Refusal(
                .denied, "'\(instance.name)' may not start processes: it needs AMBIT_PERMISSION_PROCESS in its descriptor")
        }
        let options = try read(try Structs.read(options, "options"))
        let process: Process
        do throws(ProcessError) {
            process = try Process.start(
                options, in: entry.scope, launcher: instance.services.launcherPath, executor: instance.executor)
        } catch {
            switch error.kind {
            case .refused(let refusal): throw Refusal(refusal)
            case .invalid: throw Refusal(.invalidArgument, error.text, detail: Int64(error.errorNumber))
            case .system: throw Refusal(.failed, error.text, detail: Int64(error.errorNumber))
            }
        }
        do throws(Refusal) {
            return try entry.name(.process, PluginProcess(process, entry))
        } catch {
            process.stop(grace: 0)
            throw error
        }
    }

    private static func read(_ foreign: ambit_process_options) throws(Refusal) -> Process.Options {
        var options = Process.Options(
            arguments: try list(foreign.arguments, foreign.arguments_count, "options.arguments"))
        guard !options.arguments.isEmpty else { throw .invalid("options.arguments is empty: it needs the program at least") }
        options.environment = try list(foreign.environment, foreign.environment_count, "options.environment")
        options.directory = try foreign.directory.array("options.directory")
        options.clearEnvironment = foreign.flags & UInt32(AMBIT_PROCESS_CLEAR_ENVIRONMENT) != 0
        options.keepInput = foreign.flags & UInt32(AMBIT_PROCESS_STDIN) != 0
        options.extraOutput = foreign.flags & UInt32(AMBIT_PROCESS_EXTRA_OUTPUT) != 0
        guard foreign.grace_ns >= 0 else { throw .invalid("options.grace_ns is \(foreign.grace_ns)") }
        options.grace = foreign.grace_ns == 0 ? standardGrace : foreign.grace_ns
        options.outputCapacity = foreign.output_capacity == 0 ? standardOutput : Int(clamping: foreign.output_capacity)
        if foreign.flags & UInt32(AMBIT_PROCESS_TERMINAL) != 0 {
            options.terminal = Process.Terminal(
                rows: foreign.rows == 0 ? 24 : foreign.rows, columns: foreign.columns == 0 ? 80 : foreign.columns)
        }
        options.label = try foreign.label.string("options.label")
        return options
    }

    private static func list(
        _ items: UnsafePointer<ambit_bytes>?, _ count: UInt64, _ name: StaticString
    ) throws(Refusal) -> [[UInt8]] {
        guard count > 0 else { return [] }
        guard let items, count <= maximalArguments else { throw .invalid("\(name) is NULL, or has more than \(maximalArguments) items") }
        var result: [[UInt8]] = []
        for index in 0..<Int(count) { result.append(try items[index].array(name)) }
        return result
    }

    static func find(_ handle: ambit_process) throws(Refusal) -> PluginProcess {
        guard let process = HandleTable.shared.object(handle, .process, as: PluginProcess.self) else { throw .stale("process") }
        return process
    }

    func resize(rows: UInt16, columns: UInt16) throws(Refusal) {
        guard process.hasTerminal else { throw .invalid("the process has no terminal: start it with AMBIT_PROCESS_TERMINAL") }
        guard rows > 0, columns > 0 else { throw .invalid("rows is \(rows), columns is \(columns): both are at least 1") }
        process.resize(Process.Terminal(rows: rows, columns: columns))
    }

    /// The plugin does not ask for it any more.
    func forget(_ handle: ambit_process) throws(Refusal) {
        switch process.info.state {
        case .starting, .running: throw .invalid("the process still runs: stop it, or wait for its end")
        case .exited, .failed: entry.forget(handle)
        }
    }
}

extension Process.Info {
    var foreign: ambit_process_info {
        var info = ambit_process_info()
        info.struct_size = UInt32(MemoryLayout<ambit_process_info>.size)
        info.state = state.rawValue
        info.pid = pid
        info.exit_code = exitCode
        info.signal = signal
        info.error_number = errorNumber
        info.stopped = stopped ? 1 : 0
        info.started_ns = startedAt
        info.ended_ns = endedAt
        info.output_bytes = outputBytes
        return info
    }
}
