/// A request that its client may take back by its id.
protocol RequestUnderWay: AnyObject, Sendable {
    /// `notifications/cancelled`: no answer may follow.
    func cancelled(_ why: String?)
}
