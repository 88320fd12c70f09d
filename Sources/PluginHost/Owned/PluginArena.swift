internal import CAmbit
internal import Scopes

/// An arena of a plugin.
final class PluginArena: Sendable {
    let arena: Arena
    let entry: ScopeEntry

    private init(_ arena: Arena, _ entry: ScopeEntry) {
        self.arena = arena
        self.entry = entry
    }

    static func open(_ label: String, limit: UInt64, in entry: ScopeEntry) throws(Refusal) -> ambit_arena {
        guard limit >= 1, limit <= UInt64(Int.max) else { throw .invalid("limit is \(limit): it is bytes, at least 1") }
        let arena: Arena
        do throws(AcquireError) {
            arena = try entry.scope.arena(label, limit: Int(limit))
        } catch {
            throw Refusal(error)
        }
        do throws(Refusal) {
            return try entry.name(.arena, PluginArena(arena, entry))
        } catch {
            arena.close()
            throw error
        }
    }

    static func find(_ handle: ambit_arena) throws(Refusal) -> PluginArena {
        guard let arena = HandleTable.shared.object(handle, .arena, as: PluginArena.self) else { throw .stale("arena") }
        return arena
    }

    func allocate(_ size: UInt64, alignment: UInt64) throws(Refusal) -> UnsafeMutableRawPointer {
        do throws(ArenaError) {
            return try arena.allocate(Int(clamping: size), alignment: Int(clamping: alignment))
        } catch {
            switch error {
            case .closed: throw Refusal(.closed, "\(error)")
            case .overLimit: throw Refusal(.overQuota, "\(error)", quota: "arena bytes")
            case .invalid, .foreign: throw .invalid("\(error)")
            case .noMemory: throw Refusal(.failed, "\(error)")
            }
        }
    }

    func close(_ handle: ambit_arena) {
        arena.close()
        entry.forget(handle)
    }
}
