/// The two ways to speak MCP: with a handshake and sessions (to 2025-11-25), or with everything in each request.
package enum Era: Sendable, Hashable {
    case legacy, modern
}
