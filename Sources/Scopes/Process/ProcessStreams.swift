internal import CLinux

/// The descriptors between host and program while it is started: pipes, or both sides of a terminal.
struct ProcessStreams {
    /// Ends of the program, its 0, 1 and 2; -1: /dev/null.
    private(set) var theirs: (Int32, Int32, Int32) = (-1, -1, -1)
    /// The end for its input; -1: none.
    private(set) var input: Int32 = -1
    private(set) var outputs: [(descriptor: Int32, stream: Int32)] = []
    /// The program's side of a terminal, held open on this side, too; -1: none. Else a program that closes its own before it exits, as many do,
    /// would seem to be over, and our side, closed for that, would hang it up: killed by SIGHUP in the middle of its exit.
    private(set) var terminal: Int32 = -1
    /// The program's end of what becomes its descriptor 3; -1: none.
    private(set) var extra: Int32 = -1

    /// 0 or -errno; what was opened until then is closed by the two functions below.
    mutating func open(_ options: Process.Options) -> Int32 {
        let code = options.terminal.map { openTerminal($0) } ?? openPipes(keepsInput: options.keepInput)
        return code == 0 && options.extraOutput ? openOutput(3, \.extra) : code
    }

    private mutating func openPipes(keepsInput: Bool) -> Int32 {
        for (stream, end) in [(Int32(1), \Self.theirs.1), (2, \.theirs.2)] {
            let code = openOutput(stream, end)
            guard code == 0 else { return code }
        }
        return keepsInput ? ambit_linux_pipe(&theirs.0, &input, UInt32(AMBIT_LINUX_NONBLOCK_SECOND)) : 0
    }

    private mutating func openOutput(_ stream: Int32, _ end: WritableKeyPath<Self, Int32>) -> Int32 {
        var (read, write): (Int32, Int32) = (-1, -1)
        let code = ambit_linux_pipe(&read, &write, UInt32(AMBIT_LINUX_NONBLOCK_FIRST))
        guard code == 0 else { return code }
        outputs.append((read, stream))
        self[keyPath: end] = write
        return 0
    }

    private mutating func openTerminal(_ size: Process.Terminal) -> Int32 {
        var (master, terminal): (Int32, Int32) = (-1, -1)
        let code = ambit_linux_terminal_open(size.rows, size.columns, &master, &terminal)
        guard code == 0 else { return code }
        outputs = [(master, 1)]
        theirs = (terminal, terminal, terminal)
        self.terminal = terminal
        // Reading and writing are watched apart, and one descriptor can be watched only once.
        let copy = ambit_linux_duplicate(master)
        guard copy >= 0 else { return copy }
        input = copy
        return 0
    }

    func closeTheirs() {
        for descriptor in Set([theirs.0, theirs.1, theirs.2, extra]) where descriptor >= 0 && descriptor != terminal {
            _ = ambit_linux_close(descriptor)
        }
    }

    func closeOurs() {
        for descriptor in outputs.map(\.descriptor) + [input, terminal] where descriptor >= 0 { _ = ambit_linux_close(descriptor) }
    }
}
