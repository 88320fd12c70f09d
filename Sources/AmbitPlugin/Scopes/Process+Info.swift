extension Process {
    public enum State: Int32, Sendable {
        case starting = 0
        case running = 1
        /// The program has ended; `exitCode` or `signal` says how.
        case exited = 2
        /// It could not be started; see `error`.
        case failed = 3
    }

    /// What is known of a process at one moment.
    public struct Info: Equatable, Sendable {
        public let state: State
        /// 0 while starting.
        public let pid: Int32
        /// nil unless it exited by itself.
        public let exitCode: Int32?
        /// The signal that killed it; nil: none.
        public let signal: Int32?
        /// errno of a start that failed, else 0.
        public let error: Int32
        /// It ended because we asked it to.
        public let wasStopped: Bool
        /// Nanoseconds since the Unix epoch; 0: not yet.
        public let started: Int64
        public let ended: Int64
        /// Read from it so far.
        public let outputBytes: UInt64

        init(_ info: ambit_process_info) {
            // A state that this SDK doesn't know is one of a live process.
            state = State(rawValue: info.state) ?? .running
            pid = info.pid
            exitCode = state == .exited && info.signal == 0 ? info.exit_code : nil
            signal = info.signal == 0 ? nil : info.signal
            error = info.error_number
            wasStopped = info.stopped != 0
            started = info.started_ns
            ended = info.ended_ns
            outputBytes = info.output_bytes
        }
    }
}
