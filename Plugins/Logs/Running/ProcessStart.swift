internal import AmbitPlugin

/// Starts a program in a scope of its own, below the session's or the plugin's, which holds the process, its reader, and the word to the
/// store that it is over. The scope closes when the program has ended and its last line is read.
struct ProcessStart: Sendable {
    let id: String
    private let scope: Scope
    /// Ends the process with the call, until `handOver`.
    private let tie: Finalizer

    /// Waits until the program runs. A program that can't be started leaves nothing behind.
    ///
    /// - Parameter place: what the store has reserved for it.
    init(
        _ launch: Launch, at place: ProcessTable.Place, owner: Owner, in parent: Scope, call: Call, store: ProcessStore
    ) async throws {
        let (id, isFirst) = (place.id, place.isFirstOfOwner)
        self.id = id
        do {
            if isFirst, owner != .plugin {
                try parent.onClose("remembered processes") { _ in store.forget(owner) }
            }
            scope = try parent.child(id)
        } catch {
            if isFirst { store.forget(owner) } else { store.remove(id) }
            throw error
        }
        let scope = scope
        do {
            tie = try call.scope.onClose("process \(id)") { _ in
                try? scope.beginClose(Reason(.cancelled, "the call that started it has ended"))
            }
            let process = try ProcessStart.process(launch, in: scope, label: id)
            let recorder = OutputRecorder(host: call.host, store: store, id: id, process: process)
            store.attach(process, to: id)
            try scope.onClose("end of \(id)") { _ in recorder.cutShort() }
            store.started(id, try await ProcessStart.started(process, launch))
            // Only now: the reader closes the scope at the end of the output, and nobody could ask about the start any more.
            try scope.spawn("output of \(id)") {
                try await recorder.run()
                try scope.beginClose(.completed)
            }
        } catch {
            store.remove(id)
            try? scope.beginClose(Reason(.failed, "it was not started"))
            throw error
        }
    }

    /// From now on the process doesn't end with the call any more.
    func handOver() { tie.remove() }

    private static func process(_ launch: Launch, in scope: Scope, label: String) throws -> Process {
        do throws(AmbitError) {
            return try scope.process(
                launch.arguments, environment: launch.environment, directory: launch.directory, input: launch.takesInput,
                terminal: launch.hasTerminal ? TerminalSize() : nil, label: label)
        } catch {
            throw failure(error, launch)
        }
    }

    private static func started(_ process: Process, _ launch: Launch) async throws -> Process.Info {
        do {
            return try await process.started()
        } catch let error as AmbitError {
            throw failure(error, launch)
        }
    }

    /// What is wrong with the program is told in the plugin's words, all else (a scope that closes, a quota) in the host's.
    private static func failure(_ error: AmbitError, _ launch: Launch) -> any Error {
        guard error.status == .failed || error.status == .invalidArgument else { return error }
        return ToolError(StartFailure.text(launch, errno: Int32(truncatingIfNeeded: error.detail), detail: error.description))
    }
}
