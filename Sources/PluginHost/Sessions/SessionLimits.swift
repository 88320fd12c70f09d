/// How many sessions may be open at once (S14): protocol sessions, stdio connections and minted handles together.
package struct SessionLimits: Sendable {
    package var all: Int
    /// Of one principal. Clients without a name can't be told apart: for them only `all` holds.
    package var perPrincipal: Int
    /// Minted handles of one plugin, all its generations together.
    package var handlesPerPlugin: Int

    package init(all: Int = 1024, perPrincipal: Int = 512, handlesPerPlugin: Int = 512) {
        self.all = all
        self.perPrincipal = perPrincipal
        self.handlesPerPlugin = handlesPerPlugin
    }
}
