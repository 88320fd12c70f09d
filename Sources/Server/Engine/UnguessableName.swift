/// Names that nobody can guess: 128 random bits in hexadecimal.
enum UnguessableName {
    static func make() -> String { digits(.random(in: 0 ... .max)) + digits(.random(in: 0 ... .max)) }

    private static func digits(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}
