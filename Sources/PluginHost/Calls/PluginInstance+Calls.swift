package import Scopes

extension PluginInstance {
    /// Scopes of the calls that one principal makes outside of any session, in order of opening.
    package func scopesOfCalls(principal: String) -> [Scope] {
        HandleTable.shared.objects(ownedBy: number, as: Call.self)
            .filter { $0.request.session == nil && $0.request.principal == principal }
            .map(\.scope).sorted { $0.id < $1.id }
    }
}
