import AmbitPlugin

extension Probe {
    @ToolsBuilder var promotionTools: [Tool] {
        Tool("probe_promote", "Keeps something beyond its scope.", .choice("what", "What.", Kept.kinds), .session()) {
            [host, devices] call, what, session in
            // In two steps: the scope that it was made in, and the one that had it meanwhile, are both gone.
            let kept = try await session.scope.withChild("outer") { outer in
                try await outer.withChild("inner") { inner in
                    let kept = try Kept.make(what, in: inner, host, devices)
                    try kept.resource.promote(to: outer)
                    try kept.resource.promote(to: session.scope)
                    try kept.resource.promote(to: session.scope)
                    return kept
                }
            }
            return .text("\(try await kept.works())")
        }
        Tool("probe_promote_wrong", "Fails to keep a channel.", .choice("how", "Why.", ["child", "beside", "ended", "closed"])) {
            call, how in
            let (child, beside) = (try call.scope.child("child"), try call.scope.child("beside"))
            let channel = try (how == "child" ? call.scope : child).channel(of: Int.self, capacity: 1)
            switch how {
            case "ended": channel.close()
            case "closed": try await child.close()
            default: break
            }
            let target = how == "child" ? child : how == "beside" ? beside : call.scope
            do throws(AmbitError) {
                try channel.promote(to: target)
                return .error("promoted")
            } catch {
                return .text("\(error.status): \(error.text)")
            }
        }
    }
}
