/// The failures of a check, and where in the value it stands.
struct FailureReport {
    let most: Int
    let showingValues: Bool
    var path: [FailurePath] = []
    var failures: [SchemaFailure] = []
    /// Whether an alternative is being explained: one level is enough, more would cost the power of their number.
    var explains = false

    var isFull: Bool { failures.count >= most }
}
