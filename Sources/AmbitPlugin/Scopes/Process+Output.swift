extension Process {
    public enum Stream: Int32, Sendable {
        case output = 1
        case error = 2
        /// What was written to descriptor 3 (`extraOutput`). An empty chunk is its end, which comes before that of all output.
        case extra = 3
    }

    public struct Chunk: Equatable, Sendable {
        public let stream: Stream
        public let bytes: [UInt8]
    }

    /// The output of a process. One reader at a time; a cancelled one loses nothing, the next goes on where it stopped.
    public struct Output: AsyncSequence, Sendable {
        public typealias Element = Chunk

        let reader: OutputReader

        public func makeAsyncIterator() -> Iterator { Iterator(reader: reader) }

        public struct Iterator: AsyncIteratorProtocol {
            let reader: OutputReader

            /// nil after the last chunk. Throws `CancellationError`, or `.invalidArgument` where somebody else reads.
            public mutating func next() async throws -> Chunk? { try await reader.next() }
        }
    }
}
