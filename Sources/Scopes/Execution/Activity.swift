/// Whether threads rest, for tests that let all work end before they go on: two equal values with `isIdle`, one after the other, say that
/// nothing ran between them and that nothing will before somebody else submits it.
package struct Activity: Sendable, Equatable {
    /// No job waits and no thread runs one.
    package var isIdle: Bool
    /// Jobs so far.
    package var submitted: UInt64

    package static func + (left: Activity, right: Activity) -> Activity {
        Activity(isIdle: left.isIdle && right.isIdle, submitted: left.submitted + right.submitted)
    }
}
