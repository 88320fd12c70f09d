/// Runs a plugin's Swift jobs on the threads that the host keeps for it, never on the shared pool (S21).
///
/// Once the host's executor has ended it takes no more jobs. Nothing of the plugin should run then; what does (the last instructions of
/// a task whose work has been reported as finished) goes on at the shared pool: a job dropped would leave its task suspended for
/// ever, with everything that it holds.
final class PluginExecutor: TaskExecutor {
    typealias Post =
        @convention(c) (
            ambit_host_handle, UnsafeMutableRawPointer?, (@convention(c) (UnsafeMutableRawPointer?) -> Void)?
        ) -> ambit_status

    private struct Posted {
        let job: UnownedJob
        /// Retained: nothing else keeps the executor while its jobs wait.
        let executor: Unmanaged<PluginExecutor>
    }

    private let host: ambit_host_handle
    private let post: Post

    init(host: ambit_host_handle, post: @escaping Post) {
        self.host = host
        self.post = post
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let posted = UnsafeMutablePointer<Posted>.allocate(capacity: 1)
        posted.initialize(to: Posted(job: job, executor: .passRetained(self)))
        let status = post(host, posted) { context in
            guard let context else { return }
            let pointer = context.assumingMemoryBound(to: Posted.self)
            let posted = pointer.move()
            pointer.deallocate()
            let executor = posted.executor.takeRetainedValue()
            posted.job.runSynchronously(on: executor.asUnownedTaskExecutor())
        }
        if Status(rawValue: status) != .ok {
            posted.move().executor.release()
            posted.deallocate()
            globalConcurrentExecutor.enqueue(job)
        }
    }
}
