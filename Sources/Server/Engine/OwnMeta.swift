/// Names of Ambit's own in `_meta` of requests.
enum OwnMeta {
    /// True: the client does not come back, so sessions that this call of a tool begins end with it (docs/control.md).
    static let endSession: StaticString = "ambit/endSession"
}
