/// Lines of a Procfile: `web: node server.js`.
enum Procfile {
    static func scripts(_ folder: ProjectFolder) -> [Script] {
        ["Procfile", "Procfile.dev"].flatMap { file in
            (folder.text(file) ?? "").split(whereSeparator: \.isNewline).compactMap { line in
                guard let colon = line.firstIndex(of: ":") else { return nil }
                let name = line[..<colon]
                let command = line[line.index(after: colon)...].drop { $0.isWhitespace }
                guard !name.isEmpty, !command.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "_-".contains($0) }) else {
                    return nil
                }
                return Script(String(name), in: file, ["/bin/sh", "-c", String(command)], summary: String(command))
            }
        }
    }
}
