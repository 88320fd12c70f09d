import MCP
import Testing

@testable import Server

@Suite struct KeptSharesTests {
    @Test func noPrincipalHasMoreThanItsShareAndHalfOfAll() {
        var shares = KeptShares(all: 6, perPrincipal: 128, bytes: 1000)
        for _ in 0..<3 { #expect(shares.take(1, of: "ada") == nil) }
        #expect(shares.take(1, of: "ada") == .principal(3))
        for _ in 0..<2 { #expect(shares.take(1, of: "") == nil) }
        #expect(shares.take(1, of: "bob") == nil)
        #expect(shares.take(1, of: "bob") == .all(6) && shares.take(1, of: "") == .all(6))
        shares.giveBack(1, of: "ada")
        #expect(shares.take(1, of: "bob") == nil)
        var small = KeptShares(all: 1, perPrincipal: 128, bytes: 1000)
        #expect(small.take(1, of: "ada") == nil)
        var own = KeptShares(all: 100, perPrincipal: 2, bytes: 1000)
        for _ in 0..<2 { #expect(own.take(1, of: "ada") == nil) }
        #expect(own.take(1, of: "ada") == .principal(2))
        for _ in 0..<98 { #expect(own.take(1, of: "") == nil) }
    }

    @Test func bytesAreBoundedForAllAndForEachPrincipal() {
        var shares = KeptShares(all: 100, perPrincipal: 100, bytes: 1000)
        #expect(shares.take(500, of: "ada") == nil)
        #expect(shares.take(1, of: "ada") == .bytesOfPrincipal(500) && shares.grow(1, of: "ada") == .bytesOfPrincipal(500))
        #expect(shares.take(501, of: "") == .bytes(1000))
        #expect(shares.take(400, of: "") == nil)
        #expect(shares.grow(101, of: "") == .bytes(1000) && shares.grow(100, of: "") == nil)
        // Less is never too much, and nothing that was refused is counted.
        #expect(shares.grow(-300, of: "ada") == nil && shares.bytes == 700)
        shares.giveBack(200, of: "ada")
        shares.giveBack(500, of: "")
        #expect(shares.bytes == 0)
        #expect(shares.take(500, of: "ada") == nil)
    }

    @Test func whatIsTooMuchNamesTheLimitAndWhatChangesIt() {
        let texts = [KeptShares.Excess.all(6), .principal(3), .bytes(1000), .bytesOfPrincipal(500)].map {
            $0.limit("tasks", setting: "max-tasks").text
        }
        #expect(
            texts == [
                "6 tasks are kept, the most that max-tasks allows",
                "3 tasks of this client are kept, the most that max-tasks allows one client",
                "tasks would take more than 1000 bytes, the most that there may be",
                "tasks of this client would take more than 500 bytes, the most that there may be",
            ])
    }
}
