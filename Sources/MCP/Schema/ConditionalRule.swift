/// `if`, `then` and `else`.
struct ConditionalRule: Sendable, BitwiseCopyable {
    let condition: Int32
    let then: Int32?
    let otherwise: Int32?
}
