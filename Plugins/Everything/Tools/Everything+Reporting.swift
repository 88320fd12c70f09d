internal import AmbitPlugin

extension Everything {
    /// Log messages, progress and errors.
    @ToolsBuilder var reportingTools: [Tool] {
        Tool("test_tool_with_logging", "Logs three messages while it works, 50 ms apart.") { call in
            try await call.log(.info, "Tool execution started")
            try await call.scope.sleep(for: .milliseconds(50))
            try await call.log(.info, "Tool processing data")
            try await call.scope.sleep(for: .milliseconds(50))
            try await call.log(.info, "Tool execution completed")
            return .text("Tool with logging executed successfully")
        }
        Tool("test_tool_with_progress", "Reports progress while it works, 50 ms apart; gives the progress token.") { call in
            for step in [0, 50, 100] {
                if step > 0 { try await call.scope.sleep(for: .milliseconds(50)) }
                call.progress(Double(step), of: 100, "Completed step \(step) of 100")
            }
            let token = call.context.progressToken
            return .text(token.map { $0.string ?? $0.text } ?? "There is no progress token")
        }
        Tool.inline("test_error_handling", "Fails, as a tool does.") { _ in
            throw ToolError("This tool intentionally returns an error for testing")
        }
        Tool("test_reconnection", "Closes the connection of its call, and answers after 100 ms, when the client has come back.") { call in
            // Others keep their connection.
            try? call.disconnectClient(retryAfter: .seconds(5))
            try await call.scope.sleep(for: .milliseconds(100))
            return .text(
                "Reconnection test completed successfully. If you received this, the client properly reconnected after stream closure.")
        }
        Tool("test_logging_tool", "Logs one message, to clients that want any.") { call in
            try await call.log(.info, "Logging tool called")
            return .text("Logging evaluated")
        }
        Tool("test_streaming_elicitation", "Reports progress, then asks for a name.") { call in
            call.progress(50, of: 100, "Asking")
            do {
                let answer = try await call.elicit("stream_name", "What is your name?", schema: Forms.name)
                return .text("Streaming complete: \(answer.text)")
            } catch let refusal as AmbitError where refusal.status == .unsupported {
                // There is nobody to ask.
                return .text("Streaming complete")
            }
        }
    }
}
