import Testing

@testable import Transport

@Suite struct SendQueueTests {
    /// `#expect` takes no mutating call.
    private func expect(_ condition: Bool, _ location: SourceLocation = #_sourceLocation) {
        #expect(condition, sourceLocation: location)
    }

    @Test func isBoundedByItems() {
        var queue = SendQueue(maxItems: 2, maxBytes: 1000)
        expect(queue.offer([1]))
        expect(queue.offer([2]))
        expect(!queue.offer([3]))
        expect(queue.take() == [1])
        expect(queue.offer([3]))
        expect(queue.take() == [2])
        expect(queue.take() == [3])
        expect(queue.take() == nil)
    }

    @Test func isBoundedByBytesButTakesOneLargeMessageWhenEmpty() {
        var queue = SendQueue(maxItems: 100, maxBytes: 10)
        expect(queue.offer(Array(repeating: 0, count: 50)))
        #expect(queue.bytes == 50)
        expect(!queue.offer([1]))
        _ = queue.take()
        #expect(queue.bytes == 0)
        expect(queue.offer(Array(repeating: 0, count: 6)))
        expect(!queue.offer(Array(repeating: 0, count: 5)))
    }

    @Test func answersAreTakenInAnyCase() {
        var queue = SendQueue(maxItems: 1, maxBytes: 1)
        queue.append([1])
        queue.append([2])
        #expect(queue.count == 2)
        #expect(!queue.hasRoom)
    }

    @Test func roomIsReportedBelowHalf() {
        var queue = SendQueue(maxItems: 4, maxBytes: 1000)
        for byte in 0..<4 { _ = queue.offer([UInt8(byte)]) }
        _ = queue.take()
        #expect(!queue.hasRoom)
        _ = queue.take()
        #expect(queue.hasRoom)
    }

    @Test func orderAndCountsSurviveManyMessages() {
        var queue = SendQueue(maxItems: 1000, maxBytes: 1 << 20)
        var next: UInt32 = 0
        var expected: UInt32 = 0
        for round in 0..<2000 {
            for _ in 0..<(round % 3 + 1) where queue.offer(withUnsafeBytes(of: next) { Array($0) }) { next += 1 }
            if let message = queue.take() {
                #expect(message == withUnsafeBytes(of: expected) { Array($0) })
                expected += 1
            }
            #expect(queue.count == Int(next - expected))
            #expect(queue.bytes == queue.count * 4)
        }
    }
}
