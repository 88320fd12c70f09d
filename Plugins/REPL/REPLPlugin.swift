package import AmbitPlugin

/// Keeps interpreters at hand: what one evaluation defines is there in the next.
///
/// An interpreter belongs to the session that opened it. It is a process with everything that it starts, in a scope below the session's; a
/// driver in it speaks to the plugin over pipes that the evaluated code does not write to.
package final class REPLPlugin: Plugin {
    package static let about = About(
        name: "repl", version: "0.1.0", summary: "Evaluates code in interpreters that keep their state: Python, Node.js, shell, a browser.",
        permissions: .process)

    let host: Host
    let store = InterpreterStore()

    package init(host: Host) { self.host = host }

    package var tools: [Tool] {
        replEval
        replPage
        replOpen
        replInterrupt
        replList
        replClose
    }
}
