import JSON
import Testing

@testable import MCP

@Suite struct ResourceTests {
    private func encoder(_ version: ProtocolVersion) -> MessageEncoder {
        MessageEncoder(version: version, server: ServerInfo(name: "host", version: "0.1.0"))
    }

    private func result(_ bytes: [UInt8]) throws -> JSONValue { try #require(try JSONDocument(bytes).root["result"]) }

    private let full = ResourceDefinition(
        uri: "test://r", name: "r", title: "R", description: "d", mimeType: "text/plain", size: 3,
        annotations: json(#"{"priority":1}"#), icons: json("[]"), meta: json(#"{"a":1}"#))

    @Test(arguments: ProtocolVersion.legacy + ProtocolVersion.modern)
    func aListHasWhatItsVersionKnows(_ version: ProtocolVersion) throws {
        let list = try result(encoder(version).resourcesList(id: .integer(1), resources: [full]))
        let resource = list["resources"]?[0]
        #expect(resource?["uri"]?.string == "test://r" && resource?["size"]?.int64 == 3)
        #expect((resource?["title"] != nil) == (version >= .v2025_06_18))
        #expect((resource?["_meta"] != nil) == (version >= .v2025_06_18))
        #expect((resource?["icons"] != nil) == (version >= .v2025_11_25))
        #expect((list["ttlMs"] != nil) == (version.era == .modern))
        let templates = try result(encoder(version).resourceTemplatesList(id: .integer(1), templates: []))
        #expect(templates["resourceTemplates"]?.count == 0)
        #expect((templates["cacheScope"] != nil) == (version.era == .modern))
    }

    @Test(arguments: ProtocolVersion.legacy + ProtocolVersion.modern)
    func aTemplateHasWhatItsVersionKnows(_ version: ProtocolVersion) throws {
        let template = ResourceTemplateDefinition(
            template: try URITemplate("test://r/{id}"), name: "r", title: "R", description: "d", mimeType: "text/plain",
            annotations: json(#"{"priority":1,"lastModified":"2025-01-01T00:00:00Z"}"#), icons: json("[]"), meta: json(#"{"a":1}"#))
        let list = try result(encoder(version).resourceTemplatesList(id: .integer(1), templates: [template], nextCursor: "c"))
        let found = list["resourceTemplates"]?[0]
        #expect(found?["uriTemplate"]?.string == "test://r/{id}" && found?["mimeType"]?.string == "text/plain")
        #expect(list["nextCursor"]?.string == "c")
        #expect((found?["title"] != nil) == (version >= .v2025_06_18))
        #expect((found?["icons"] != nil) == (version >= .v2025_11_25))
        #expect(found?["annotations"]?["priority"]?.int64 == 1)
        #expect((found?["annotations"]?["lastModified"] != nil) == (version >= .v2025_06_18))
    }

    @Test(arguments: [
        ("relative", "not an absolute URI"), ("test://a b", "not an absolute URI"), ("ambit://mine", "the host's"),
        ("AMBIT://x", "the host's"),
    ])
    func aWrongURIIsNotOffered(_ uri: String, _ problem: String) {
        #expect(ResourceDefinition(uri: uri, name: "n").problems().contains { $0.contains(problem) })
        #expect(ResourceDefinition(uri: "test://x", name: " ").problems() == ["the name is empty"])
        #expect(ResourceDefinition(uri: "test://x/%20?a=b", name: "n").problems().isEmpty)
    }

    @Test(arguments: [ProtocolVersion.v2024_11_05, .v2026_07_28])
    func contentsAreTextOrBase64(_ version: ProtocolVersion) throws {
        let contents = try result(
            encoder(version).resourceContents(
                id: .integer(1),
                [
                    ResourceContents(uri: "test://t", mimeType: "text/plain", body: .text("x")),
                    ResourceContents(uri: "test://b", body: .blob([255])),
                ]))["contents"]
        #expect(contents?[0]?["text"]?.string == "x" && contents?[0]?["mimeType"]?.string == "text/plain")
        #expect(contents?[1]?["blob"]?.string == "/w==")
    }

    /// DIGEST: -32602 with `data.uri` in modern, -32002 in legacy.
    @Test func anUnknownResourceIsNamed() throws {
        for (era, code) in [(Era.modern, -32602), (.legacy, -32002)] {
            let error = ProtocolError.unknownResource("test://x", era)
            #expect(error.code == code && error.httpStatus(era) == 200)
            #expect(error.data.map { String(decoding: $0, as: UTF8.self) } == #"{"uri":"test://x"}"#)
        }
    }

    @Test func methodsNeedTheCapability() {
        let with = ServerCapabilities(resources: .init())
        for method in [KnownMethod.resourcesList, .resourceTemplatesList, .resourcesRead] {
            for era in [Era.modern, .legacy] {
                #expect(with.serves(method, era))
                #expect(!ServerCapabilities().serves(method, era))
            }
        }
    }

    @Test func theCapabilityIsWrittenAsOffered() {
        func written(_ resources: ServerCapabilities.Resources) -> String {
            var writer = JSONWriter()
            ServerCapabilities(resources: resources).write(to: &writer, for: .latestModern)
            return text(writer.bytes)
        }
        #expect(written(.init()) == #"{"resources":{}}"#)
        #expect(written(.init(subscribe: true, listChanged: true)) == #"{"resources":{"subscribe":true,"listChanged":true}}"#)
    }
}
