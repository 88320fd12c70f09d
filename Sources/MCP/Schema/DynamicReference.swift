/// `$dynamicRef` that found a `$dynamicAnchor`: which name to look for, and where it leads when no outer schema has it.
struct DynamicReference: Sendable, BitwiseCopyable {
    let name: Int32
    let fallback: Int32
}
