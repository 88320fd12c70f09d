import NIOCore
import NIOHTTP1

/// Sends the request, and reads the answer to it. Confined to its event loop.
final class DocumentReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let url: DocumentURL
    private let fetch: DocumentFetch
    private var body: [UInt8] = []

    init(_ url: DocumentURL, _ fetch: DocumentFetch) {
        self.url = url
        self.fetch = fetch
    }

    func channelActive(context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "Host": url.authority, "Accept": "application/json", "User-Agent": "ambit", "Connection": "close",
        ]
        context.write(
            wrapOutboundOut(.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: url.target, headers: headers))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            // Also a redirect: where keys come from is the operator's to say.
            if head.status != .ok { fail("\(url.authority) answered \(head.status.code)") }
        case .body(let bytes):
            guard body.count + bytes.readableBytes <= DocumentFetcher.largest else {
                return fail("the document is larger than \(DocumentFetcher.largest) bytes")
            }
            body.append(contentsOf: bytes.readableBytesView)
        case .end: fetch.finish(.success(body))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail("\(url.authority) closed the connection")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail("\(url.authority): \(error)") }

    private func fail(_ text: String) { fetch.finish(.failure(.init(text))) }
}
