/// Metrics as text for Prometheus (exposition format 0.0.4), family by family. A family whose samples would be taken for those of another is
/// left out, with a comment that says so.
struct Exposition {
    enum Kind: String { case counter, gauge, histogram }

    typealias Label = (name: String, value: String)

    private(set) var text = ""
    /// Names of samples that are taken.
    private var taken: Set<String> = []

    /// - Parameter samples: writes the samples of the family; a counter's name ends with `_total`.
    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ samples: (inout Samples) -> Void) {
        let names = kind == .histogram ? [name, "\(name)_bucket", "\(name)_sum", "\(name)_count"] : [name]
        guard names.allSatisfy({ !taken.contains($0) }) else {
            text += "# \(Self.escaped(help: name)) is left out: another metric has that name\n"
            return
        }
        var written = Samples(name: name)
        samples(&written)
        guard !written.text.isEmpty else { return }
        taken.formUnion(names)
        text += "# HELP \(name) \(Self.escaped(help: help))\n# TYPE \(name) \(kind.rawValue)\n" + written.text
    }

    struct Samples {
        fileprivate let name: String
        fileprivate var text = ""

        fileprivate init(name: String) { self.name = name }

        mutating func add(_ value: Double, _ labels: [Label] = []) { line("", labels, Exposition.number(value)) }

        mutating func add(_ value: Int, _ labels: [Label] = []) { line("", labels, "\(value)") }

        /// - Parameter counts: how many lie in each bucket, those above all bounds last.
        mutating func add(bounds: [Double], counts: [Int], sum: Double, _ labels: [Label] = []) {
            var below = 0
            for (index, count) in counts.enumerated() {
                below += count
                let bound = index < bounds.count ? Exposition.number(bounds[index]) : "+Inf"
                line("_bucket", labels + [("le", bound)], "\(below)")
            }
            line("_sum", labels, Exposition.number(sum))
            line("_count", labels, "\(below)")
        }

        private mutating func line(_ suffix: String, _ labels: [Label], _ value: String) {
            text += name + suffix
            if !labels.isEmpty {
                text += "{" + labels.map { "\($0.name)=\"\(Exposition.escaped(label: $0.value))\"" }.joined(separator: ",") + "}"
            }
            text += " \(value)\n"
        }
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value) { return "\(whole)" }
        return "\(value)"
    }

    static func escaped(label: String) -> String {
        guard label.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return label }
        var result = ""
        for scalar in label.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func escaped(help: String) -> String {
        var result = ""
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n", "\r": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A name that Prometheus takes: other characters become `_`.
    static func name(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "_"
            }
        }
        return result.first.map { $0.isNumber } ?? true ? "_" + result : result
    }
}
