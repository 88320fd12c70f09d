/// The programs that are configured.
package enum ProgramKind: String, Sendable, CaseIterable {
    case serve, stdio, tools
}
