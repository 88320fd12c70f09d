extension Scope {
    /// Runs `body` as a task that this scope owns, on the plugin's executor: cancelled and awaited when the scope ends.
    @discardableResult
    public func spawn<T: Sendable>(
        _ label: String = "task", atEnd: AtEnd = .cancel, _ body: @escaping @Sendable () async throws -> T
    ) throws(AmbitError) -> TaskHandle<T> {
        let completion = Completion<T>()
        let task = try own(label: label, atEnd: atEnd) {
            let result: Result<T, any Error>
            do {
                result = .success(try await body())
            } catch {
                result = .failure(error)
            }
            return { completion.resolve(result) }
        }
        return TaskHandle(handle: task, runtime: runtime, completion: completion)
    }

    /// Runs `body`, which may block, on one of the plugin's blocking threads (S22). `.full` when all of them and their queue are busy.
    @discardableResult
    public func spawnBlocking<T: Sendable>(
        _ label: String = "blocking task", atEnd: AtEnd = .cancel,
        _ body: @escaping @Sendable (Cancellation) throws -> T
    ) throws(AmbitError) -> TaskHandle<T> {
        let completion = Completion<T>()
        let work = BlockingWork(
            run: { cancellation in completion.resolve(Result { try body(cancellation) }) },
            neverRan: { completion.resolve(.failure(CancellationError())) })
        let context = Unmanaged.passRetained(work)
        var options = ambit_task_options()
        options.struct_size = UInt32(MemoryLayout<ambit_task_options>.size)
        options.at_end = atEnd.rawValue
        options.context = context.toOpaque()
        options.run = { context, _ in
            guard let context else { return }
            Unmanaged<BlockingWork>.fromOpaque(context).takeUnretainedValue().perform()
        }
        options.cancel = { context, _ in
            guard let context else { return }
            Unmanaged<BlockingWork>.fromOpaque(context).takeUnretainedValue().cancellation.cancel()
        }
        options.destroyed = { context in
            guard let context else { return }
            Unmanaged<BlockingWork>.fromOpaque(context).takeRetainedValue().neverRan()
        }
        var task: ambit_task = 0
        do throws(AmbitError) {
            try AmbitError.check { error in
                label.withAmbitText { label in
                    options.label = label
                    return runtime.tables.task.spawn(handle, &options, &task, error)
                }
            }
        } catch {
            context.release()
            throw error
        }
        return TaskHandle(handle: task, runtime: runtime, completion: completion)
    }

    /// Adopts, then starts (S4): no task runs that the scope does not own. `body` gives what to do once the scope has let go.
    @discardableResult
    func own(
        label: String, atEnd: AtEnd, _ body: @escaping @Sendable () async -> (@Sendable () -> Void)?
    ) throws(AmbitError) -> ambit_task {
        let control = TaskControl()
        let context = Unmanaged.passRetained(control)
        var options = ambit_task_options()
        options.struct_size = UInt32(MemoryLayout<ambit_task_options>.size)
        options.at_end = atEnd.rawValue
        options.context = context.toOpaque()
        options.cancel = { context, _ in
            guard let context else { return }
            Unmanaged<TaskControl>.fromOpaque(context).takeUnretainedValue().cancel()
        }
        options.destroyed = { context in
            guard let context else { return }
            Unmanaged<TaskControl>.fromOpaque(context).release()
        }
        var adopted: ambit_task = 0
        do throws(AmbitError) {
            try AmbitError.check { error in
                label.withAmbitText { label in
                    options.label = label
                    return self.runtime.tables.task.adopt(handle, &options, &adopted, error)
                }
            }
        } catch {
            context.release()
            throw error
        }
        let task = adopted
        let runtime = runtime
        control.started(
            Task(executorPreference: runtime.executor) {
                let after = await body()
                control.ended()
                _ = runtime.tables.task.finished(task)
                after?()
            })
        return task
    }
}
