import Testing

@testable import MCP

struct ProgressGateTests {
    @Test func `progress grows strictly, is finite, and ends`() {
        var gate = ProgressGate()
        let steps = [Double.nan, -1, 0, 0, -0.5, .infinity, 0.25]
        let admitted = steps.map { gate.admits($0) }
        #expect(admitted == [false, true, true, false, false, false, true])
        gate.close()
        let late = gate.admits(1)
        #expect(!late)
    }
}
