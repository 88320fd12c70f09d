internal import CAmbit
internal import Scopes

/// `ambit.arena/1`.
enum ArenaExtension {
    static var table: ambit_host_arena {
        var table = ambit_host_arena()
        table.open = { scope, label, limit, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginArena.open(try label.string("label"), limit: limit, in: try ScopeEntry.find(scope))
            }
        }
        table.allocate = { arena, size, alignment, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginArena.find(arena).allocate(size, alignment: alignment)
            }
        }
        table.used = { arena, out in
            crossing { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = UInt64(try PluginArena.find(arena).arena.used)
            }
        }
        table.close = { arena in
            crossing { () throws(Refusal) in try PluginArena.find(arena).close(arena) }
        }
        return table
    }
}
