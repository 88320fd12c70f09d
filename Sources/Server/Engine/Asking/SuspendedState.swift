import JSON
import MCP

/// What a `requestState` says: which suspended call it continues, until when, and what was answered so far.
struct SuspendedState {
    /// Names the suspension: each round has another.
    let id: String
    /// Unix epoch, nanoseconds.
    let expiresAt: Int64
    /// By key; for a call that is gone and is run again.
    var answers: [(key: String, value: JSONValue)]

    func written() -> [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        writer.key("id")
        writer.string(id)
        writer.key("expires")
        writer.int(Int(expiresAt))
        writer.key("answers")
        writer.beginObject()
        for answer in answers {
            writer.key(escaping: answer.key)
            writer.raw(answer.value)
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// Nil: not a state of this version.
    static func read(_ bytes: [UInt8]) -> SuspendedState? {
        guard let root = try? JSONDocument(bytes, limits: .own).root, let id = root["id"]?.string, let expires = root["expires"]?.int64,
            let answers = root["answers"]
        else { return nil }
        return SuspendedState(id: id, expiresAt: expires, answers: answers.members.map { ($0.key.string ?? "", $0.value) })
    }
}
