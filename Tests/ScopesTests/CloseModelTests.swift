import Glibc
import Testing

@testable import Scopes

/// The close protocol, every interleaving of a small world (S2, S6 to S9, S12). A search of our own over the real `CloseMachine`.
///
/// In every state that can be reached: nothing is told to end twice, phases only grow, no phase is passed before those who were joined have
/// passed it, nothing is freed before children and what is reaped, no scope closes over what it holds. From every state the end can be reached,
/// even when nothing ends by itself: there is no deadlock, and no deadline is missed for want of a wake-up.
@Suite struct CloseModelTests {
    private struct Search {
        var states = 0
        var ends = 0
        var problems: [String] = []
    }

    private static func search(_ start: CloseModel) -> Search {
        var result = Search()
        var numbers = [start: 0]
        var states = [start]
        /// Who leads to each: for what must happen only, so that the end is reached although everything hangs.
        var causes: [[Int]] = [[]]
        var ends: [Int] = []
        var next = 0
        while next < states.count, result.problems.isEmpty {
            if states.count > (isSoak ? 8_000_000 : 400_000) {
                return Search(states: states.count, problems: ["more states than a test should have"])
            }
            let state = states[next]
            if let violation = state.violation { result.problems.append(violation) }
            var goesOn = false
            state.successors(
                { following, must in
                    let number: Int
                    if let known = numbers[following] {
                        number = known
                    } else {
                        number = states.count
                        numbers[following] = number
                        states.append(following)
                        causes.append([])
                    }
                    if must, number != next {
                        goesOn = true
                        causes[number].append(next)
                    }
                }, { result.problems.append($0) })
            if !goesOn {
                if state.isDone { ends.append(next) } else { result.problems.append("stuck: \(state)") }
            }
            next += 1
        }
        result.states = states.count
        result.ends = ends.count
        guard result.problems.isEmpty else { return result }
        var reaches = [Bool](repeating: false, count: states.count)
        var queue = ends
        for end in ends { reaches[end] = true }
        while let state = queue.popLast() {
            for cause in causes[state] where !reaches[cause] {
                reaches[cause] = true
                queue.append(cause)
            }
        }
        let lost = reaches.filter { !$0 }.count
        if lost > 0 { result.problems.append("\(lost) states never come to an end") }
        return result
    }

    private static let isSoak = getenv("AMBIT_SOAK").map { String(cString: $0) == "1" } ?? false
    private typealias Entry = CloseModel.Entry
    private static let short = CloseLimits(soft: 800_000_000, hard: 1_500_000_000)

    /// Scope 0 is a session, 1 a plugin, 2 where they meet.
    private static let diamond: [[Int]] = [[], [], [0, 1]]
    private static let chain: [[Int]] = [[], [0], [1]]

    /// One thread: a sanitizer has nothing to see here, and takes ten times as long.
    private static let isWorthwhile = getenv("AMBIT_TSAN") == nil && getenv("AMBIT_ASAN") == nil

    private func check(_ name: String, _ model: CloseModel) {
        let result = Self.search(model)
        print("close model, \(name): \(result.states) states, \(result.ends) ends")
        #expect(result.problems.prefix(3).joined(separator: "\n") == "")
        #expect(result.states > 100 && result.ends > 0)
    }

    @Test func oneCloser() {
        check(
            "one closer",
            CloseModel(
                nodes: Self.chain,
                entries: [
                    Entry(scope: 0, phase: .free, drains: false, stage: .live),
                    Entry(scope: 1, phase: .reap, drains: true, stage: .live),
                    Entry(scope: 2, phase: .free, drains: false, stage: .reserved),
                    Entry(scope: 2, phase: .reap, drains: false, stage: .live),
                ],
                closes: [(0, true, .call)]))
    }

    @Test(.enabled(if: isWorthwhile)) func twoOwnersOfWhatIsBeingAcquired() {
        let entries = [
            Entry(scope: 2, phase: .reap, drains: false, stage: .reserved),
            Entry(scope: 1, phase: .free, drains: false, stage: .live),
        ]
        check(
            "two owners of what is being acquired",
            CloseModel(
                nodes: Self.diamond, entries: Array(entries.prefix(Self.isSoak ? 2 : 1)),
                closes: [(0, false, .call), (1, false, Self.short)]))
    }

    @Test(.enabled(if: isWorthwhile)) func twoOwnersOfWhatIsFreed() {
        let entries = [
            Entry(scope: 2, phase: .free, drains: false, stage: .live),
            Entry(scope: 0, phase: .reap, drains: true, stage: .live),
        ]
        check(
            "two owners of what is freed",
            CloseModel(
                nodes: Self.diamond, entries: Array(entries.prefix(Self.isSoak ? 2 : 1)),
                closes: [(0, true, .call), (1, false, .call)]))
    }

    /// Each drives a scope that the other one joins: they must not wait in a circle.
    @Test(.enabled(if: isWorthwhile)) func twoClosersThatJoinEachOther() {
        check(
            "two closers that join each other",
            CloseModel(nodes: [[], [], [0, 1], [0, 1]], entries: [], closes: [(0, false, .call), (1, false, .call)]))
    }

    @Test(.enabled(if: isWorthwhile)) func anOuterCloseOverAnInnerOne() {
        check(
            "outer and inner",
            CloseModel(
                nodes: Self.chain,
                entries: [
                    Entry(scope: 0, phase: .free, drains: false, stage: .live),
                    Entry(scope: 2, phase: .reap, drains: false, stage: .live),
                ],
                closes: [(0, false, Self.short), (1, true, .call)]))
    }
}
