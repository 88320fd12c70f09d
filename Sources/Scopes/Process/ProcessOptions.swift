extension Process {
    /// What to start and how.
    package struct Options: Sendable {
        /// argv; the program is looked up in PATH when it has no slash. Without zero bytes, not empty.
        package var arguments: [[UInt8]] = []
        /// "NAME=value", added to the host's unless `clearEnvironment`; later ones win.
        package var environment: [[UInt8]] = []
        package var clearEnvironment = false
        /// Empty: the host's.
        package var directory: [UInt8] = []
        /// Between SIGTERM and SIGKILL, nanoseconds; also for what the program leaves behind.
        package var grace: Int64 = 2_000_000_000
        /// Keeps a pipe to the program's input; else it reads /dev/null.
        package var keepInput = false
        /// Bytes of output that are kept until they are read; then the pipe exerts back-pressure.
        package var outputCapacity = 256 << 10
        package var label = ""
        /// Runs it in a terminal of its own: input and all output (stream 1) go through that; `keepInput` goes without saying.
        package var terminal: Terminal?
        /// The program's descriptor 3 is a pipe, whose output is stream 3: for what is not to mix with what it writes. Its end is an empty chunk.
        package var extraOutput = false

        package init(arguments: [[UInt8]]) { self.arguments = arguments }
    }

    /// Size of a terminal in characters.
    package struct Terminal: Sendable, Equatable {
        package var rows: UInt16
        package var columns: UInt16

        package init(rows: UInt16 = 24, columns: UInt16 = 80) {
            self.rows = rows
            self.columns = columns
        }
    }

    package struct Info: Sendable {
        package enum State: Int32, Sendable { case starting, running, exited, failed }

        package var state = State.starting
        /// 0 while it starts.
        package var pid: Int32 = 0
        package var exitCode: Int32 = 0
        /// What killed it; 0: it exited.
        package var signal: Int32 = 0
        /// errno of a failed start.
        package var errorNumber: Int32 = 0
        /// Why it could not be started, for people.
        package var errorText = ""
        /// It ended because it was asked to.
        package var stopped = false
        /// Unix epoch, nanoseconds; 0: not yet.
        package var startedAt: Int64 = 0
        package var endedAt: Int64 = 0
        package var outputBytes: UInt64 = 0
        /// Somebody outside of its tree holds its output open: what came after its end is not waited for.
        package var outputHeld = false
    }

    /// Output, each stream in the order in which it was written; `stream` is 1 to 3.
    package struct Chunk: Sendable {
        package let stream: Int32
        package let bytes: [UInt8]
    }
}

/// A process could not be started.
package struct ProcessError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// Its scope refuses it.
        case refused(AcquireError)
        case invalid, system
    }

    package let kind: Kind
    package let errorNumber: Int32
    package let text: String

    package var description: String { text }
}
