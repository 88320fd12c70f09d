/// Names of processes: readable, short, and not to be guessed from one another.
enum ProcessIDs {
    static let longestSlug = 24

    /// `web-3f9a1c` for "Web": six random hexadecimal digits after a readable part.
    static func make(_ name: String, using random: inout some RandomNumberGenerator) -> String {
        let digits = String(UInt32.random(in: 0..<1 << 24, using: &random), radix: 16)
        return slug(name) + "-" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// Lower case letters, digits and single hyphens.
    static func slug(_ name: String) -> String {
        var slug = ""
        for scalar in name.lowercased().unicodeScalars {
            let isPlain = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
            if isPlain { slug.unicodeScalars.append(scalar) } else if !slug.isEmpty, slug.last != "-" { slug.append("-") }
            if slug.count == longestSlug { break }
        }
        while slug.last == "-" { slug.removeLast() }
        return slug.isEmpty ? "process" : slug
    }
}
