/// One member of `patternProperties`.
struct PatternPropertyRule: Sendable, BitwiseCopyable {
    let pattern: Int32
    let node: Int32
}
