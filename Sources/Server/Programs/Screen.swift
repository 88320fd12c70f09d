import Glibc

/// Pictures that replace each other: on a terminal in place, elsewhere one after the other.
struct Screen {
    private let isTerminal = isatty(1) == 1

    /// False when nobody reads any more.
    func draw(_ picture: () -> Void) -> Bool {
        if isTerminal { Program.out(Array("\u{1B}[H\u{1B}[2J".utf8)) }
        picture()
        return !Program.isOutputClosed
    }
}
