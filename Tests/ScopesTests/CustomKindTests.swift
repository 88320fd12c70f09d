import Testing

@testable import Scopes

struct CustomKindTests {
    @Test func theSameNameAndPhaseIsTheSameKind() throws {
        let kind = try #require(Kind.custom("tests.thing", phase: .free))
        #expect(Kind.custom("tests.thing", phase: .free) === kind)
        #expect(Kind.custom("tests.thing", phase: .reap) !== kind)
        #expect(kind.name == "tests.thing")
    }

    /// The host's kinds are registered when they are first used, which may be after any number of plugins have defined theirs.
    @Test func pluginsNeverUseUpTheHostsRoom() async {
        // In a process of its own: the registry is for the life of a process.
        await #expect(processExitsWith: .success) {
            var count = 0
            while Kind.custom("plugin.kind\(count)", phase: .free) != nil { count += 1 }
            precondition(count > 100)
            let late = (0..<Kind.hostsRoom / 2).map { _ in Kind("late", phase: .reap) }
            let scope = Scope.root(.manual())
            do { for kind in late { try scope.add(Resource(kind)) } } catch { preconditionFailure("\(error)") }
            precondition(scope.runtime.ledger.totals().filter { $0.name == "late" && $0.live == 1 }.count == late.count)
        }
    }
}
