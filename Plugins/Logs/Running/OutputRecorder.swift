internal import AmbitPlugin

/// The one reader of a process: makes lines of what it writes, to the end, and then says how it ended.
struct OutputRecorder: Sendable {
    let host: Host
    let store: ProcessStore
    let id: String
    let process: Process

    /// Runs in the process's scope. Throws `CancellationError` when that ends first; what was read until then is kept.
    func run() async throws {
        var splitters: [OutputStream: LineSplitter] = [:]
        var urls = PrintedURLs()
        for stream in OutputStream.allCases { splitters[stream] = LineSplitter() }
        do {
            try await read(into: &splitters, &urls)
        } catch {
            flush(&splitters, &urls)
            throw error
        }
        flush(&splitters, &urls)
        let info = try await process.wait()
        finished(info, wasStopped: info.wasStopped)
    }

    /// The scope of the process has closed before the reader came to the end of the output.
    func cutShort() {
        let info = process.info
        finished(info, wasStopped: info.wasStopped || info.state != .exited)
    }

    /// Only after the last line, and then once: followers end by it.
    private func finished(_ info: Process.Info, wasStopped: Bool) {
        let end = ProcessEnd(
            wasStopped: wasStopped, exitCode: info.exitCode, signal: info.signal,
            time: info.ended > 0 ? info.ended : ProcessStore.now())
        guard store.ended(id, end) else { return }
        // Refused only where the plugin itself is ending, and its followers with it.
        try? host.publish(Topic.lines(id), "")
        try? host.publish(Topic.end(id), "")
    }

    private func read(into splitters: inout [OutputStream: LineSplitter], _ urls: inout PrintedURLs) async throws {
        for try await chunk in process.output {
            // The fault: whoever sees the exit first stops reading.
            if Fault.lostLines, process.info.state == .exited { return }
            keep(chunk, &splitters, &urls)
        }
    }

    private func keep(_ chunk: Process.Chunk, _ splitters: inout [OutputStream: LineSplitter], _ urls: inout PrintedURLs) {
        let stream: OutputStream = chunk.stream == .error ? .stderr : .stdout
        var batch = LineBatch()
        splitters[stream]?.split(chunk.bytes, into: &batch)
        append(batch, outputBytes: chunk.bytes.count, stream, &urls)
    }

    private func flush(_ splitters: inout [OutputStream: LineSplitter], _ urls: inout PrintedURLs) {
        for stream in OutputStream.allCases {
            var batch = LineBatch()
            splitters[stream]?.finish(into: &batch)
            append(batch, outputBytes: 0, stream, &urls)
        }
    }

    private func append(_ batch: LineBatch, outputBytes: Int, _ stream: OutputStream, _ urls: inout PrintedURLs) {
        if urls.look(at: batch) { store.found(urls.urls, of: id) }
        if store.append(id, batch, outputBytes: outputBytes, stream: stream) { try? host.publish(Topic.lines(id), "") }
    }
}
