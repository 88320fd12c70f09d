/// Which plugin code runs on event loops now, and since when (A8). Pure; nanoseconds of any monotonic clock.
struct LoopRuns<Code> {
    struct Run {
        let number: UInt64
        let code: Code
        let since: Int64
        var isReported = false
    }

    /// So long it may take before it is told of.
    let limit: Int64
    private(set) var running: [Run] = []
    private(set) var isArmed = false
    private var numbers: UInt64 = 0

    init(limit: Int64) { self.limit = limit }

    /// - Returns: what to end it with, and when to look at it where no look is due already.
    mutating func begin(_ code: Code, now: Int64) -> (number: UInt64, look: Int64?) {
        numbers += 1
        running.append(Run(number: numbers, code: code, since: now))
        guard !isArmed else { return (numbers, nil) }
        isArmed = true
        return (numbers, now + limit)
    }

    /// The run where it was told of.
    mutating func end(_ number: UInt64) -> Run? {
        guard let index = running.firstIndex(where: { $0.number == number }) else { return nil }
        let run = running[index]
        running.swapAt(index, running.count - 1)
        running.removeLast()
        return run.isReported ? run : nil
    }

    /// What is to be told of now, and when to look again; nil: when the next begins.
    mutating func look(now: Int64) -> (late: [Run], again: Int64?) {
        var late: [Run] = []
        for index in running.indices where !running[index].isReported && now - running[index].since >= limit {
            running[index].isReported = true
            late.append(running[index])
        }
        let next = running.filter { !$0.isReported }.map { $0.since + limit }.min()
        isArmed = next != nil
        return (late, next)
    }
}
extension LoopRuns: Sendable where Code: Sendable {}
extension LoopRuns.Run: Sendable where Code: Sendable {}
