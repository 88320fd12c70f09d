extension Scope {
    /// Starts a program that this scope owns with everything that it starts: when the scope ends, the whole tree gets SIGTERM, then SIGKILL.
    /// Needs the permission `.process`. Returns at once; `Process.started` tells whether it runs.
    ///
    /// - Parameters:
    ///   - arguments: the program, then its arguments; looked up in PATH when it has no slash.
    ///   - environment: "NAME=value", added to the host's, or with `inheritsEnvironment: false` all there is.
    ///   - directory: working directory; nil: the host's.
    ///   - input: keeps a pipe to the program's input; else it reads /dev/null.
    ///   - terminal: runs it in a terminal of this size, as one that a person uses: its input and all its output, a stream `.output`, go through
    ///     that, and `closeInput` sends the end of file. nil: through pipes.
    ///   - extraOutput: gives the program a pipe as its descriptor 3; what it writes there is the stream `.extra`, apart from its output.
    ///   - grace: between SIGTERM and SIGKILL; nil: 2 seconds.
    ///   - outputCapacity: bytes of output kept until they are read; then the program has to wait; nil: 256 KiB.
    public func process(
        _ arguments: [String], environment: [String] = [], inheritsEnvironment: Bool = true, directory: String? = nil,
        input: Bool = false, terminal: TerminalSize? = nil, extraOutput: Bool = false, grace: Duration? = nil, outputCapacity: Int? = nil,
        label: String? = nil
    ) throws(AmbitError) -> Process {
        guard let table = runtime.tables.process else {
            throw AmbitError(.denied, "child processes need the permission .process in the plugin's `about`")
        }
        var options = ambit_process_options()
        options.struct_size = UInt32(MemoryLayout<ambit_process_options>.size)
        if input { options.flags |= UInt32(AMBIT_PROCESS_STDIN) }
        if !inheritsEnvironment { options.flags |= UInt32(AMBIT_PROCESS_CLEAR_ENVIRONMENT) }
        if extraOutput { options.flags |= UInt32(AMBIT_PROCESS_EXTRA_OUTPUT) }
        if let terminal {
            options.flags |= UInt32(AMBIT_PROCESS_TERMINAL)
            (options.rows, options.columns) = try terminal.checked()
        }
        options.grace_ns = grace.map { max(1, $0.nanoseconds) } ?? 0
        options.output_capacity = UInt64(max(0, outputCapacity ?? 0))
        var process: ambit_process = 0
        try AmbitError.check { error in
            withAmbitBytes(arguments) { arguments, count in
                options.arguments = arguments
                options.arguments_count = count
                return withAmbitBytes(environment) { environment, count in
                    options.environment = environment
                    options.environment_count = count
                    return Array((directory ?? "").utf8).withAmbitBytes { directory in
                        options.directory = directory
                        return (label ?? "").withAmbitText { label in
                            options.label = label
                            return table.start(handle, &options, &process, error)
                        }
                    }
                }
            }
        }
        return Process(handle: process, runtime: runtime, table: table)
    }
}
