/// What the client answered to one question.
public struct Answer: Sendable {
    public let key: String
    private let outcome: Result<JSON, AmbitError>

    /// The result of that request in MCP. Throws `.unsupported`, `.timedOut`, `.cancelled` or `.failed` with what went wrong.
    public var result: JSON {
        get throws(AmbitError) { try outcome.get() }
    }

    init(_ answer: ambit_answer) {
        key = String(answer.key)
        let status = Status(rawValue: answer.status)
        guard status == .ok else {
            let message = String(answer.message)
            outcome = .failure(AmbitError(status, message.isEmpty ? "the client gave no answer: \(status)" : message))
            return
        }
        do throws(JSONParseError) {
            outcome = .success(try JSON(parsing: String(answer.result)))
        } catch {
            outcome = .failure(AmbitError(.failed, "the client's answer is \(error)"))
        }
    }
}
