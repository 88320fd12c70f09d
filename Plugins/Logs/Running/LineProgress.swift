internal import AmbitPlugin

/// One message to the client in both forms that it may read: progress that counts messages, and a log message with the data.
struct LineProgress {
    private let call: Call
    private let wantsLogs: Bool
    private var count = 0.0
    /// Messages that reached the client in neither form: it reads progress only, and too slowly.
    private(set) var missed = 0

    init(_ call: Call) {
        self.call = call
        wantsLogs = call.logLevel.map { $0 <= .info } ?? false
    }

    mutating func send(_ message: String, data: String) async throws {
        count += 1
        // Either tells the host that the call is at work.
        let isQueued = !call.wantsProgress && wantsLogs ? true : call.progress(count, message)
        // Waits where the client's queue is full, until half of it is free.
        try await call.log(.info, rawJSON: data)
        if Fault.repeatedLines { try await call.log(.info, rawJSON: data) }
        guard !isQueued, call.wantsProgress else { return }
        // Now there is room, and the report has to grow to be taken.
        if !call.progress(count + 0.5, message), !wantsLogs { missed += 1 }
    }
}
