/// Recipes of a justfile that take no argument they must be given.
enum JustRecipes {
    static func scripts(_ folder: ProjectFolder) -> [Script] {
        guard let file = folder.first(["justfile", "Justfile", ".justfile"]), let text = folder.text(file) else { return [] }
        var scripts: [Script] = []
        var comment: String?
        var isPrivate = false
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.hasPrefix("#") {
                comment = String(line.drop { $0 == "#" || $0 == " " })
                continue
            }
            if line.hasPrefix("[") {
                isPrivate = isPrivate || line.holds("private")
                continue
            }
            defer {
                comment = nil
                isPrivate = false
            }
            guard let colon = line.firstIndex(of: ":"), line.first?.isWhitespace == false,
                !line[line.index(after: colon)...].hasPrefix("=")
            else { continue }
            let words = line[..<colon].split(separator: " ")
            guard let name = words.first?.drop(while: { $0 == "@" }), isName(name), !isPrivate,
                words.dropFirst().allSatisfy({ $0.contains("=" as Character) || $0.hasPrefix("*") })
            else { continue }
            scripts.append(Script(String(name), in: file, ["just", String(name)], summary: comment))
        }
        return scripts
    }

    private static func isName(_ name: Substring) -> Bool {
        guard let first = name.unicodeScalars.first, first.properties.isAlphabetic else { return false }
        let keywords = ["set", "alias", "export", "import", "mod"]
        return !keywords.contains(String(name))
            && name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || "0123456789_-".unicodeScalars.contains($0) }
    }
}
