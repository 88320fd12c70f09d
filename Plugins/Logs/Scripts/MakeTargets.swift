/// Targets of a Makefile that are meant for people: no files with a path, no patterns, no special ones.
enum MakeTargets {
    static func scripts(_ folder: ProjectFolder) -> [Script] {
        guard let file = folder.first(["GNUmakefile", "makefile", "Makefile"]), let text = folder.text(file) else { return [] }
        var scripts: [Script] = []
        var names = Set<String>()
        var comment: String?
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.hasPrefix("#") {
                comment = String(line.drop { $0 == "#" || $0 == " " })
                continue
            }
            defer { comment = nil }
            guard let colon = line.firstIndex(of: ":"), line.first?.isWhitespace == false else { continue }
            let rest = line[line.index(after: colon)...]
            guard !rest.hasPrefix("="), !rest.hasPrefix(":=") else { continue }
            let own = rest.place(of: "##").map { String(rest[$0.lowerBound...].drop { $0 == "#" || $0 == " " }) }
            for name in line[..<colon].split(separator: " ").map(String.init) where isName(name) && names.insert(name).inserted {
                scripts.append(Script(name, in: file, ["make", name], summary: own ?? comment))
            }
        }
        return scripts
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first != ".", first != "-" else { return false }
        return name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || "0123456789_-.".unicodeScalars.contains($0) }
    }
}
