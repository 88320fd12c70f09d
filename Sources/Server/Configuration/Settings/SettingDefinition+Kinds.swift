/// Settings by the type of what they set.
extension SettingDefinition {
    typealias Target<Value> = any WritableKeyPath<AmbitConfiguration, Value> & Sendable

    static func text(_ name: String, _ path: Target<String>, _ summary: String, for programs: Set<ProgramKind>) -> Self {
        Self(
            name, .text, summary, programs: programs, read: { .text($0[keyPath: path]) },
            write: { if case .text(let value) = $1 { $0[keyPath: path] = value } })
    }

    /// - Parameter what: what it is, for people.
    static func optional(
        _ name: String, _ path: Target<String>, _ what: String, _ summary: String, for programs: Set<ProgramKind>
    ) -> Self {
        Self(
            name, .optional(what), summary, programs: programs, read: { .text($0[keyPath: path]) },
            write: { if case .text(let value) = $1 { $0[keyPath: path] = value } })
    }

    static func secret(_ name: String, _ path: Target<String>, _ summary: String, for programs: Set<ProgramKind>) -> Self {
        Self(
            name, .secret, summary, programs: programs, read: { .text($0[keyPath: path]) },
            write: { if case .text(let value) = $1 { $0[keyPath: path] = value } })
    }

    static func mapping(
        _ name: String, _ path: Target<[String]>, flag: String, _ summary: String, for programs: Set<ProgramKind>
    ) -> Self {
        Self(
            name, .mapping, summary, programs: programs, flag: flag, read: { .list($0[keyPath: path]) },
            write: { if case .list(let value) = $1 { $0[keyPath: path] = value } })
    }

    static func choice(
        _ name: String, _ path: Target<String>, of names: [String], _ summary: String, for programs: Set<ProgramKind>
    ) -> Self {
        Self(
            name, .choice(names), summary, programs: programs, read: { .text($0[keyPath: path]) },
            write: { if case .text(let value) = $1 { $0[keyPath: path] = value } })
    }

    static func integer(
        _ name: String, _ path: Target<Int>, _ range: ClosedRange<Int>, _ summary: String, for programs: Set<ProgramKind>
    ) -> Self {
        Self(
            name, .integer(range), summary, programs: programs, read: { .integer($0[keyPath: path]) },
            write: { if case .integer(let value) = $1 { $0[keyPath: path] = value } })
    }

    static func number(
        _ name: String, _ path: Target<Double>, _ range: ClosedRange<Double>, _ summary: String, for programs: Set<ProgramKind>
    ) -> Self {
        Self(
            name, .number(range), summary, programs: programs, read: { .number($0[keyPath: path]) },
            write: { if case .number(let value) = $1 { $0[keyPath: path] = value } })
    }

    /// - Parameter milliseconds: what it may be.
    static func duration(
        _ name: String, _ path: Target<Int64>, milliseconds: ClosedRange<Int64>, _ summary: String, for programs: Set<ProgramKind>
    ) -> Self {
        let range = (milliseconds.lowerBound * 1_000_000)...(milliseconds.upperBound * 1_000_000)
        return Self(
            name, .duration(range), summary, programs: programs, read: { .duration($0[keyPath: path]) },
            write: { if case .duration(let value) = $1 { $0[keyPath: path] = value } })
    }

    static func bytes(
        _ name: String, _ path: Target<Int>, _ range: ClosedRange<Int>, _ summary: String, for programs: Set<ProgramKind>
    ) -> Self {
        Self(
            name, .bytes(range), summary, programs: programs, read: { .bytes($0[keyPath: path]) },
            write: { if case .bytes(let value) = $1 { $0[keyPath: path] = value } })
    }

    static func toggle(_ name: String, _ path: Target<Bool>, _ summary: String, for programs: Set<ProgramKind>) -> Self {
        Self(
            name, .toggle, summary, programs: programs, read: { .toggle($0[keyPath: path]) },
            write: { if case .toggle(let value) = $1 { $0[keyPath: path] = value } })
    }

    static func list(
        _ name: String, _ path: Target<[String]>, flag: String, separator: Character = ",", isInFile: Bool = true, _ summary: String,
        for programs: Set<ProgramKind>
    ) -> Self {
        Self(
            name, .list(separator: separator), summary, programs: programs, flag: flag, isInFile: isInFile,
            read: { .list($0[keyPath: path]) },
            write: { if case .list(let value) = $1 { $0[keyPath: path] = value } })
    }
}
