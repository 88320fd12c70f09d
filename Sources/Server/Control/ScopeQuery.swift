import Scopes

/// Which part of the tree is wanted, and how it is written.
package struct ScopeQuery: Sendable, Equatable {
    package var isText: Bool
    /// Levels of scopes below those that are shown; nil: all.
    package var depth: Int?
    /// Only scopes whose path contains this, in any case of letters, with all that is below them; nil: the whole tree.
    package var path: String?

    package init(isText: Bool = false, depth: Int? = nil, path: String? = nil) {
        self.isText = isText
        self.depth = depth
        self.path = path?.isEmpty == true ? nil : path
    }

    struct Wrong: Error, Equatable {
        let text: String
    }

    /// From `format=json&depth=2&path=plugin`; unknown parts are ignored.
    static func parse(httpQuery: String) -> Result<ScopeQuery, Wrong> {
        var query = ScopeQuery(isText: true)
        for part in httpQuery.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { continue }
            switch pair[0] {
            case "format":
                guard pair[1] == "json" || pair[1] == "text" else {
                    return .failure(Wrong(text: "format is '\(unescaped(pair[1].prefix(80)))'; expected text or json"))
                }
                query.isText = pair[1] == "text"
            case "depth":
                guard let depth = Int(pair[1]), depth >= 0 else {
                    return .failure(Wrong(text: "depth is '\(unescaped(pair[1].prefix(80)))'; expected a number of levels"))
                }
                query.depth = depth
            case "path": query.path = pair[1].isEmpty ? nil : unescaped(pair[1])
            default: break
            }
        }
        return .success(query)
    }

    /// The same, for a URL.
    package var httpQuery: String {
        var parts = isText ? [] : ["format=json"]
        if let depth { parts.append("depth=\(depth)") }
        if let path { parts.append("path=\(Self.escaped(path))") }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }

    /// The topmost scopes that match, cut at the depth.
    func select(_ root: ScopeSnapshot) -> [ScopeSnapshot] {
        guard let path else { return [cut(root)] }
        let wanted = path.lowercased()
        var found: [ScopeSnapshot] = []
        var pending = [root]
        while let scope = pending.popLast() {
            if !scope.isReference, scope.path.lowercased().contains(wanted) {
                found.append(cut(scope))
            } else {
                pending.append(contentsOf: scope.children.reversed())
            }
        }
        return found
    }

    private func cut(_ scope: ScopeSnapshot) -> ScopeSnapshot { depth.map { scope.cut(below: $0) } ?? scope }

    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
