/// The life of a child process as a pure machine.
///
/// The launcher says started or failed, then ended (the program), then it exits itself (the whole tree is gone). The exit event comes
/// exactly once: when the tree is gone and its output was read to the end.
struct ProcessState: Sendable, Equatable {
    enum Event: Sendable, Equatable {
        case started(pid: Int32)
        case failed(errorNumber: Int32)
        case ended(exitCode: Int32, signal: Int32)
        /// The launcher has exited; `clean`: it says that no process of the tree is left.
        case launcherExited(clean: Bool)
        case outputEnded
        case stopRequested
    }

    enum Action: Sendable, Equatable {
        case reportStarted
        /// The one exit event: everything is over.
        case reportExited
        /// The launcher is gone and so are all writers: read what the pipes still hold.
        case finishOutput
    }

    enum Stage: UInt8, Sendable { case starting, running, exited, failed }

    private(set) var stage = Stage.starting
    private(set) var pid: Int32 = 0
    private(set) var exitCode: Int32 = 0
    private(set) var signal: Int32 = 0
    private(set) var errorNumber: Int32 = 0
    /// It ended because it was asked to.
    private(set) var stopped = false
    /// The launcher was killed: processes of the tree may have survived it (S9).
    private(set) var treeUnknown = false
    private(set) var isOver = false
    private var launcherGone = false
    private var outputGone = false

    mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .started(let pid):
            guard stage == .starting else { return [] }
            stage = .running
            self.pid = pid
            return [.reportStarted]
        case .failed(let number):
            guard stage == .starting else { return [] }
            stage = .failed
            errorNumber = number
            return [.reportStarted]
        case .ended(let code, let number):
            guard stage == .running else { return [] }
            stage = .exited
            exitCode = code
            signal = number
            return []
        case .launcherExited(let clean):
            guard !launcherGone else { return [] }
            launcherGone = true
            treeUnknown = !clean
            var actions: [Action] = []
            switch stage {
            case .starting:
                stage = .failed
                actions.append(.reportStarted)
            case .running:
                stage = .exited
                signal = 9
            case .exited, .failed: break
            }
            if !outputGone { actions.append(.finishOutput) }
            return actions + over()
        case .outputEnded:
            outputGone = true
            return over()
        case .stopRequested:
            if stage == .starting || stage == .running { stopped = true }
            return []
        }
    }

    private mutating func over() -> [Action] {
        guard launcherGone, outputGone, !isOver else { return [] }
        isOver = true
        return [.reportExited]
    }
}
