/// `contains` with its bounds.
struct ContainsRule: Sendable, BitwiseCopyable {
    let node: Int32
    let least: Int
    let most: Int?
}
