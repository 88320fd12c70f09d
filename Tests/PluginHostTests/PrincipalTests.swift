import Scopes
import Testing

@testable import PluginHost

/// S14: what one principal has is counted over all of its sessions and calls, and nothing is kept of those who have nothing.
@Suite struct PrincipalTests {
    @Test func onePrincipalHasOneAccountWhileAnythingIsCharged() throws {
        let principals = Principals()
        let root = Scope.root(.manual())
        let first = try root.open(.session, "a", accounts: [principals.account(of: "alice")])
        let second = try root.open(.session, "b", accounts: [principals.account(of: "alice")])
        _ = try root.open(.session, "c", accounts: [principals.account(of: "bob")])
        let account = principals.account(of: "alice")
        #expect(account.scopes == 2 && account.owner == "principal alice")
        #expect(principals.account(of: "bob").scopes == 1)
        first.close(Reason(.completed, by: "test"))
        #expect(account.scopes == 1)
        second.close(Reason(.completed, by: "test"))
        #expect(account.scopes == 0)
        root.close(Reason(.completed, by: "test"))
    }

    @Test func thoseWhoHaveNothingAreForgotten() {
        let principals = Principals()
        for number in 0..<10_000 { _ = principals.account(of: "user \(number)") }
        #expect(principals.count <= 128)
    }
}
