/// In the scope that is to answer: when that begins to close, the reply fails at once.
final class ReplyTarget: Resource, @unchecked Sendable {  // constants only
    private let reply: Reply

    init(_ reply: Reply) {
        self.reply = reply
        super.init(.replyTarget, label: reply.label)
    }

    override func quiesce(_ reason: Reason) { reply.settle(.closed(reason)) }

    override func release(_ reason: Reason) { reply.settle(.closed(reason)) }
}
