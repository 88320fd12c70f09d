extension URITemplate {
    /// The variables that make this URI from the template, in its order and percent-decoded; nil when none do. A variable takes as much
    /// as it can. Those of a query that are not there are left out.
    package func match(_ uri: String) -> [(name: String, value: String)]? {
        var match = URITemplateMatch(parts: parts, uri: Array(uri.utf8))
        return match.run() ? match.values : nil
    }
}

/// One attempt to match a URI with a template. What failed once at a place is not tried there again, so that the work is bounded.
struct URITemplateMatch {
    /// Places that one attempt may look at.
    static let maximalSteps = 200_000

    let parts: [URITemplate.Part]
    let uri: [UInt8]
    private(set) var values: [(name: String, value: String)] = []
    private var failed: Set<Int> = []
    private var steps = 0

    init(parts: [URITemplate.Part], uri: [UInt8]) {
        self.parts = parts
        self.uri = uri
    }

    mutating func run() -> Bool { match(0, 0) }

    private mutating func match(_ part: Int, _ at: Int) -> Bool {
        guard part < parts.count else { return at == uri.count }
        steps += 1
        guard steps < Self.maximalSteps, !failed.contains(at * (parts.count + 1) + part) else { return false }
        let holds: Bool
        switch parts[part] {
        case .literal(let bytes): holds = uri[at...].starts(with: bytes) && match(part + 1, at + bytes.count)
        case .variable(let name, let isReserved, let isInList): holds = variable(name, isReserved, isInList, part, at)
        case .query(let names, let lead): holds = query(names, lead, at)
        }
        if !holds { failed.insert(at * (parts.count + 1) + part) }
        return holds
    }

    private mutating func variable(_ name: String, _ isReserved: Bool, _ isInList: Bool, _ part: Int, _ at: Int) -> Bool {
        var end = at
        while end < uri.count, isReserved || !"/?#".utf8.contains(uri[end]), !isInList || uri[end] != UInt8(ascii: ",") { end += 1 }
        while end > at {
            let count = values.count
            if let value = Self.decoded(uri[at..<end]), isReserved || Self.isPlain(value) {
                values.append((name, value))
                if match(part + 1, end) { return true }
                values.removeLast(values.count - count)
            }
            end -= 1
        }
        return false
    }

    private mutating func query(_ names: [String], _ lead: UInt8, _ at: Int) -> Bool {
        if at == uri.count { return true }
        guard uri[at] == lead else { return false }
        var found: [String: String] = [:]
        for pair in uri[(at + 1)...].split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false) {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), let name = Self.decoded(pair[..<equals]), names.contains(name),
                found[name] == nil, let value = Self.decoded(pair[(equals + 1)...])
            else { return false }
            found[name] = value
        }
        for name in names { if let value = found[name] { values.append((name, value)) } }
        return true
    }

    /// Whether a value can't lead out of the place that it stands at, in whatever path it is put.
    private static func isPlain(_ value: String) -> Bool {
        value != "." && value != ".." && !value.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }
    }

    /// Nil for a broken encoding, or where it is no UTF-8.
    private static func decoded(_ text: ArraySlice<UInt8>) -> String? {
        guard text.contains(UInt8(ascii: "%")) else { return String(validating: text, as: UTF8.self) }
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hex), let low = rest.popFirst().flatMap(hex) else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
