/// Names that hold letters written from right to left (RFC 5893, section 2).
enum BidiRule {
    private enum Direction { case left, right, arabicDigit, digit, mark, other }

    static func accepts(_ labels: [[Unicode.Scalar]]) -> Bool {
        let directions = labels.map { $0.map(direction) }
        guard directions.contains(where: { $0.contains(.right) || $0.contains(.arabicDigit) }) else { return true }
        return directions.allSatisfy(accepts)
    }

    private static func accepts(_ label: [Direction]) -> Bool {
        let last = label.last { $0 != .mark }
        switch label.first {
        case .right:
            if label.contains(.left) || label.contains(.digit) && label.contains(.arabicDigit) { return false }
            return last == .right || last == .digit || last == .arabicDigit
        case .left:
            if label.contains(.right) || label.contains(.arabicDigit) { return false }
            return last == .left || last == .digit
        default: return false
        }
    }

    private static func direction(_ scalar: Unicode.Scalar) -> Direction {
        switch scalar.value {
        case 0x30...0x39, 0x6F0...0x6F9: return .digit
        case 0x660...0x669, 0x66B, 0x66C, 0x6DD: return .arabicDigit
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return .mark
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .spacingMark, .letterNumber: break
        default: return .other
        }
        switch scalar.value {
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: return .right
        default: return .left
        }
    }
}
