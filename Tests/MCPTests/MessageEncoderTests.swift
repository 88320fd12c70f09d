import JSON
import Testing

@testable import MCP

/// Byte-exact messages: the cookbook of DIGEST appendix A, and the field matrix of appendix B.
struct MessageEncoderTests {
    private func encoder(_ version: ProtocolVersion) -> MessageEncoder {
        MessageEncoder(version: version, server: ServerInfo(name: "host", version: "0.1.0"))
    }

    private let serverInfo = #""_meta":{"io.modelcontextprotocol/serverInfo":{"name":"host","version":"0.1.0"}}"#
    private let tools = ServerCapabilities(tools: .init(listChanged: true))

    @Test func `discover`() {
        #expect(
            text(encoder(.v2026_07_28).discoverResult(id: .integer(1), capabilities: tools, instructions: "…"))
                == #"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{"listChanged":true}},"instructions":"…","ttlMs":0,"cacheScope":"private",\#(serverInfo)}}"#
        )
    }

    @Test(arguments: ProtocolVersion.legacy)
    func `initialize answers the negotiated version`(version: ProtocolVersion) {
        #expect(
            text(encoder(version).initializeResult(id: .integer(0), capabilities: tools))
                == #"{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"\#(version.rawValue)","capabilities":{"tools":{"listChanged":true}},"serverInfo":{"name":"host","version":"0.1.0"}}}"#
        )
    }

    @Test func `capabilities are written as offered`() {
        func written(_ capabilities: ServerCapabilities) -> String {
            var writer = JSONWriter()
            capabilities.write(to: &writer, for: .latestModern)
            return text(writer.bytes)
        }
        #expect(written(ServerCapabilities()) == "{}")
        #expect(written(everything) == #"{"tools":{"listChanged":true},"logging":{}}"#)
        #expect(written(ServerCapabilities(tools: .init(listChanged: false))) == #"{"tools":{}}"#)
    }

    @Test func `the server names itself with what the version knows`() {
        let full = ServerInfo(name: "h", version: "1", title: "T", description: "D", websiteURL: "https://h.example")
        func written(_ version: ProtocolVersion) -> String {
            var writer = JSONWriter()
            full.write(to: &writer, for: version)
            return text(writer.bytes)
        }
        #expect(written(.v2025_03_26) == #"{"name":"h","version":"1"}"#)
        #expect(written(.v2025_06_18) == #"{"name":"h","version":"1","title":"T"}"#)
        #expect(
            written(.v2025_11_25)
                == #"{"name":"h","version":"1","title":"T","description":"D","websiteUrl":"https://h.example"}"#)
    }

    @Test func `legacy empty results are exactly empty, modern ones say that they are complete`() {
        for version in ProtocolVersion.legacy {
            #expect(text(encoder(version).emptyResult(id: .integer(1))) == #"{"jsonrpc":"2.0","id":1,"result":{}}"#)
        }
        #expect(
            text(encoder(.v2026_07_28).emptyResult(id: .integer(1)))
                == #"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete",\#(serverInfo)}}"#)
    }

    @Test func `progress and log notifications`() {
        let encoder = encoder(.v2026_07_28)
        #expect(
            text(encoder.progress(token: .string("p1"), progress: 1, total: 2))
                == #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p1","progress":1,"total":2}}"#
        )
        #expect(
            text(encoder.progress(token: .integer(7), progress: 0.5, message: "half"))
                == #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7,"progress":0.5,"message":"half"}}"#
        )
        #expect(
            text(encoder.log(level: .info, logger: "slow", text: "half"))
                == #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","logger":"slow","data":"half"}}"#
        )
        #expect(
            text(encoder.log(level: .error, data: json(#"{ "a": 1.0 }"#)))
                == #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":{"a":1.0}}}"#)
        #expect(
            text(self.encoder(.v2024_11_05).progress(token: .integer(1), progress: 1, message: "m"))
                == #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}"#)
        #expect(
            text(encoder.event(.toolsListChanged)) == #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
    }

    // MARK: tools/call

    @Test func `a call's answer in both eras`() {
        #expect(
            text(encoder(.v2026_07_28).toolResult(id: .string("a"), .text("ok")))
                == #"{"jsonrpc":"2.0","id":"a","result":{"resultType":"complete","content":[{"type":"text","text":"ok"}],\#(serverInfo)}}"#
        )
        #expect(
            text(encoder(.v2025_11_25).toolResult(id: .integer(1), .text("Hi Ada")))
                == #"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"Hi Ada"}]}}"#)
        #expect(
            text(encoder(.v2024_11_05).toolResult(id: .integer(1), .failure("no")))
                == #"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"no"}],"isError":true}}"#)
        #expect(
            text(encoder(.v2025_11_25).toolResult(id: .integer(1), CallResult(content: [])))
                == #"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#)
    }

    @Test(arguments: [
        (#"{"b":1.0,"a":2}"#, [false, false, true, true, true]), ("[1]", [false, false, false, false, true]),
        ("null", [false, false, false, false, true]), ("42.0", [false, false, false, false, true]),
    ])
    func `structured content is left out where the version can't carry it, else unchanged`(
        structured: String, shown: [Bool]
    ) throws {
        let result = CallResult(content: [.text("t")], structured: json(structured))
        for (version, shows) in zip(ProtocolVersion.legacy + ProtocolVersion.modern, shown) {
            let answer = json(text(encoder(version).toolResult(id: .integer(1), result)))["result"]
            #expect(answer?["structuredContent"].map { text($0.raw) } == (shows ? structured : nil), "\(version)")
        }
    }

    @Test func `a plugin's _meta stays, and can't speak for the server`() {
        let result = CallResult(
            content: [], meta: json(#"{ "x/y": 1.0, "io.modelcontextprotocol/serverInfo": {"name":"evil"} }"#))
        #expect(
            text(encoder(.v2026_07_28).toolResult(id: .integer(1), result))
                == #"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[],"_meta":{"x/y":1.0,"io.modelcontextprotocol/serverInfo":{"name":"host","version":"0.1.0"}}}}"#
        )
        let legacy = text(
            encoder(.v2025_06_18).toolResult(id: .integer(1), CallResult(content: [], meta: json(#"{"x/y":1}"#))))
        #expect(legacy == #"{"jsonrpc":"2.0","id":1,"result":{"content":[],"_meta":{"x/y":1}}}"#)
    }

    private func block(_ content: Content, _ version: ProtocolVersion) -> String {
        var writer = JSONWriter()
        content.write(to: &writer, for: version)
        return text(writer.bytes)
    }

    @Test func `blocks as the latest version has them`() {
        let latest = ProtocolVersion.v2026_07_28
        #expect(
            block(.image(data: [1, 2, 3], mimeType: "image/png"), latest)
                == #"{"type":"image","data":"AQID","mimeType":"image/png"}"#)
        #expect(
            block(.audio(data: [1], mimeType: "audio/wav"), latest)
                == #"{"type":"audio","data":"AQ==","mimeType":"audio/wav"}"#)
        #expect(
            block(
                .resourceLink(ResourceLink(uri: "test://a", name: "a", title: "A", mimeType: "text/plain", size: 3)),
                latest)
                == #"{"type":"resource_link","uri":"test://a","name":"a","title":"A","mimeType":"text/plain","size":3}"#
        )
        #expect(
            block(.resource(ResourceContents(uri: "test://r", mimeType: "text/plain", body: .text("x"))), latest)
                == #"{"type":"resource","resource":{"uri":"test://r","mimeType":"text/plain","text":"x"}}"#)
        #expect(
            block(.resource(ResourceContents(uri: "test://r", body: .blob([255]))), latest)
                == #"{"type":"resource","resource":{"uri":"test://r","blob":"/w=="}}"#)
        let annotated = Content.annotated(
            .text("t"), annotations: json(#"{"audience":["user"],"priority":0.50}"#), meta: json(#"{"k":1}"#))
        #expect(
            block(annotated, latest)
                == #"{"type":"text","text":"t","annotations":{"audience":["user"],"priority":0.50},"_meta":{"k":1}}"#)
        #expect(
            block(annotated, .v2025_03_26)
                == #"{"type":"text","text":"t","annotations":{"audience":["user"],"priority":0.50}}"#)
    }

    @Test func `blocks that a version doesn't know become text`() {
        let audio = Content.audio(data: [1, 2], mimeType: "audio/wav")
        #expect(block(audio, .v2024_11_05) == #"{"type":"text","text":"[audio, audio/wav, 2 bytes]"}"#)
        #expect(block(audio, .v2025_03_26).hasPrefix(#"{"type":"audio""#))
        let link = Content.resourceLink(ResourceLink(uri: "test://a", name: "a"))
        #expect(block(link, .v2025_03_26) == #"{"type":"text","text":"a: test://a"}"#)
        #expect(block(link, .v2025_06_18) == #"{"type":"resource_link","uri":"test://a","name":"a"}"#)
    }

    @Test func `no message contains a newline`() {
        let messages = [
            encoder(.v2026_07_28).toolResult(id: .string("a\nb"), .text("line\nline\r\n")),
            encoder(.v2025_11_25).log(level: .info, logger: "x\ny", data: json("{\n \"a\" : [ 1,\n 2 ] }")),
            MessageEncoder.error(id: .string("\n"), .invalidParams("a\nb", data: json("[\n1]").compact)),
        ]
        for message in messages { #expect(!message.contains(0x0A) && !message.contains(0x0D)) }
    }
}
