import JSON

extension MessageEncoder {
    /// The answer to `prompts/list`, in the order given.
    package func promptsList(
        id: RequestID, prompts: [PromptDefinition], nextCursor: String? = nil, cache: CacheHint = .none
    ) -> [UInt8] {
        result(id: id, reserving: 256 + 256 * prompts.count) { writer in
            writer.key("prompts")
            writer.beginArray()
            for prompt in prompts { prompt.write(to: &writer, for: version) }
            writer.endArray()
            writer.member("nextCursor", nextCursor)
            if version.era == .modern { cache.write(to: &writer) }
        }
    }

    /// The answer to `prompts/get`: a message for each block.
    package func promptResult(id: RequestID, _ prompt: CallResult) -> [UInt8] {
        result(id: id, meta: prompt.meta, reserving: 1024) { writer in
            writer.member("description", prompt.description)
            writer.key("messages")
            writer.beginArray()
            for (index, block) in prompt.content.enumerated() {
                writer.beginObject()
                writer.key("role")
                writer.string(index < prompt.roles.count ? prompt.roles[index].rawValue : Role.user.rawValue)
                writer.key("content")
                block.write(to: &writer, for: version)
                writer.endObject()
            }
            writer.endArray()
        }
    }

    /// The answer to `completion/complete`; `structured` is what the handler gave, or nil for nothing to suggest.
    package func completionResult(id: RequestID, _ completion: CallResult?) -> [UInt8] {
        result(id: id, meta: completion?.meta) { writer in
            writer.key("completion")
            guard let structured = completion?.structured else {
                writer.beginObject()
                writer.key("values")
                writer.beginArray()
                writer.endArray()
                return writer.endObject()
            }
            writer.raw(structured)
        }
    }
}
