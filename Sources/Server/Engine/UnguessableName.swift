/// Names that nobody can guess: 128 random bits.
enum UnguessableName {
    static func make() -> String {
        let (one, two) = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))
        return String(one, radix: 16) + "-" + String(two, radix: 16)
    }
}
