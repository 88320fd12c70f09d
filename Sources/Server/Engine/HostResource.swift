import MCP
import PluginHost

/// A resource that the host itself offers.
struct HostResource: Sendable {
    /// Who reads: its session where it has one, and its principal ("" is anonymous). What it gets is what it may see.
    struct Reader: Sendable {
        let session: HostSession?
        let principal: String
    }

    let definition: ResourceDefinition
    /// Its contents as text. Called on the host's executor.
    let read: @Sendable (Reader) -> String
}
