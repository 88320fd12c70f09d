import JSON

extension ClientDescription {
    /// Whether the client declared a capability, such as `sampling`, or a part of it, such as `sampling.tools`.
    ///
    /// - Parameter orEmpty: whether an empty capability declares that part, too.
    package func declares(_ name: StaticString, _ part: StaticString? = nil, orEmpty: Bool = false) -> Bool {
        guard let capability = capabilities?[name], capability.kind == .object else { return false }
        guard let part else { return true }
        return capability[part]?.kind == .object || (orEmpty && capability.count == 0)
    }

    /// Whether the client declared an extension (DIGEST 1.16).
    package func declares(extension id: StaticString) -> Bool { capabilities?["extensions"]?[id]?.kind == .object }
}
