internal import AmbitPlugin

/// One message to the client in both forms that it may read: progress that counts messages, and a log message with the data.
struct LineProgress {
    private let call: Call
    private var count = 0.0

    init(_ call: Call) { self.call = call }

    mutating func send(_ message: String, data: String) async throws {
        count += 1
        let isQueued = call.progress(count, message)
        // This waits where the client's queue is full, until half of it is free: then the progress that found no room fits.
        try await call.log(.info, rawJSON: data)
        if !isQueued, call.wantsProgress { call.progress(count, message) }
    }
}
