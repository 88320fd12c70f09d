internal import JSON

/// How the process that looked at a plugin has ended. Pure.
struct InspectionOutcome {
    enum End: Sendable, Equatable {
        case running
        /// Why it could not be started.
        case failed(String)
        case exited(status: Int32)
        case killed(signal: Int32)
        /// It was killed at the deadline.
        case tooSlow(limit: Int64)

        var hasRun: Bool {
            switch self {
            case .exited, .killed: true
            case .running, .failed, .tooSlow: false
            }
        }
    }

    var end = End.running
    var output: [UInt8] = []
    /// The end of what it wrote to stderr.
    var complaints: [UInt8] = []

    static let mostOutput = 1 << 20
    static let mostComplaints = 4096

    /// - Parameter stream: 1: its answer; 2: stderr.
    mutating func append(_ bytes: [UInt8], stream: Int32) {
        if stream == 1 {
            output += bytes.prefix(Self.mostOutput - output.count)
        } else {
            complaints = (complaints + bytes).suffix(Self.mostComplaints)
        }
    }

    func description(_ path: String) throws(PluginError) -> PluginDescription {
        let status: Int32
        switch end {
        case .failed(let why):
            throw PluginError(
                path: path, what: "it could not be inspected: \(why)", howToMend: "see that 'ambit' can be started from where it is")
        case .running:
            throw PluginError(path: path, what: "it could not be inspected: its process does not end", howToMend: "")
        case .tooSlow(let limit):
            throw PluginError(
                path: path, what: "loading it did not come to an end within \(limit / 1_000_000) ms",
                howToMend: "its initializers and ambit_plugin_entry must not wait for anything")
        case .killed(let signal):
            throw PluginError(
                path: path, what: "loading it crashes (\(Self.name(of: signal)))\(complaint)",
                howToMend: "mend its initializers or ambit_plugin_entry; 'ambit plugin inspect' repeats this")
        case .exited(let code): status = code
        }
        guard let root = try? JSONDocument(output).root else {
            throw PluginError(
                path: path, what: "loading it ended the process with status \(status)\(complaint)",
                howToMend: "its initializers and ambit_plugin_entry must not exit")
        }
        if let error = root["error"], let what = error[0]?.string, let howToMend = error[1]?.string {
            throw PluginError(path: path, what: what, howToMend: howToMend)
        }
        guard let description = root["description"].flatMap(PluginDescription.init) else {
            throw PluginError(path: path, what: "it could not be inspected: 'ambit' gave no answer", howToMend: "see that it is whole")
        }
        return description
    }

    /// Its last line.
    private var complaint: String {
        let lines = complaints.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        guard let last = lines.last(where: { line in line.contains { $0 > 0x20 } }) else { return "" }
        return ": \(String(decoding: last.prefix(300), as: UTF8.self))"
    }

    static func name(of signal: Int32) -> String {
        let names: [Int32: String] = [
            4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM", 31: "SIGSYS",
        ]
        return names[signal] ?? "signal \(signal)"
    }
}
