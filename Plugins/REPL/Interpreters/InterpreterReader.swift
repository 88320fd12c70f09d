internal import AmbitPlugin

/// The one reader of an interpreter's process: tells output, marks and messages apart, to the end.
struct InterpreterReader: Sendable {
    let interpreter: Interpreter
    let process: Process

    /// Runs in the interpreter's scope. Throws `CancellationError` when that ends first.
    func run() async throws {
        var frames = FrameReader()
        var messages = MessageReader()
        var socket = WebSocket()
        var scanners: [OutputStream: MarkScanner] = [.stdout: MarkScanner(), .stderr: MarkScanner()]
        for try await chunk in process.output {
            switch chunk.stream {
            case .extra where chunk.bytes.isEmpty: interpreter.driverGone()
            case .extra where interpreter.program.attachment != nil: read(chunk.bytes, &socket)
            case .extra where interpreter.language == .browser: read(chunk.bytes, &messages)
            case .extra: read(chunk.bytes, &frames)
            case .output: read(chunk.bytes, .stdout, &scanners)
            case .error: read(chunk.bytes, .stderr, &scanners)
            }
        }
        for stream in OutputStream.allCases {
            if let rest = scanners[stream]?.finish(), !rest.isEmpty { interpreter.write(rest, stream) }
        }
        let info = try await process.wait()
        if info.state == .failed {
            interpreter.failed(ToolError("\(interpreter.program.path) could not be started (errno \(info.error))"))
        } else {
            interpreter.ended(info)
        }
    }

    private func read(_ bytes: [UInt8], _ frames: inout FrameReader) {
        frames.append(bytes)
        while let frame = frames.next() {
            switch DriverMessage(frame) {
            case .ready(let version): interpreter.ready(version)
            case .answer(let id, let answer): interpreter.answer(id, answer)
            case nil: interpreter.answer("", .null)
            }
        }
        if frames.isBroken { interpreter.end("what it wrote to descriptor 3 is no message of its driver", grace: .zero) }
    }

    private func read(_ bytes: [UInt8], _ messages: inout MessageReader) {
        messages.append(bytes)
        while let message = messages.next() { receive(message) }
        if messages.isBroken { interpreter.end("it has sent more than a message may have", grace: .zero) }
    }

    private func read(_ bytes: [UInt8], _ socket: inout WebSocket) {
        socket.append(bytes)
        while let received = socket.next() {
            switch received {
            case .message(let message): receive(message[...])
            case .ping(let payload): interpreter.send(WebSocket.frame(payload, code: 0xA))
            case .close: interpreter.end("the browser has closed the connection", grace: .zero)
            }
        }
        if socket.isBroken { interpreter.end("what it has sent is no WebSocket frame", grace: .zero) }
    }

    /// What is no JSON has nothing to say.
    private func receive(_ message: ArraySlice<UInt8>) {
        if let message = try? JSON(parsing: String(decoding: message, as: UTF8.self)) { interpreter.receive(message) }
    }

    private func read(_ bytes: [UInt8], _ stream: OutputStream, _ scanners: inout [OutputStream: MarkScanner]) {
        for part in scanners[stream]?.scan(bytes) ?? [] {
            switch part {
            case .output(let bytes): interpreter.write(bytes, stream)
            case .mark(let id): interpreter.mark(id, stream)
            }
        }
    }
}
