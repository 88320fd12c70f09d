internal import AmbitPlugin
internal import JSON
internal import MCP

extension TestResult {
    init(_ result: MCP.CallResult, progress: [Progress], logs: [Log]) {
        self.init(
            blocks: result.content.map { Block($0) }, structured: result.structured.map { AmbitPlugin.JSON($0) },
            isError: result.isError, meta: result.meta.map { AmbitPlugin.JSON($0) },
            roles: result.content.indices.map { index in
                index < result.roles.count ? Role(rawValue: result.roles[index].rawValue) ?? .user : .user
            }, description: result.description, progress: progress, logs: logs)
    }
}

extension TestResult.Block {
    init(_ content: MCP.Content) {
        switch content {
        case .text(let text): self = .text(text)
        case .image(let data, let mimeType): self = .image(data, mimeType: mimeType)
        case .audio(let data, let mimeType): self = .audio(data, mimeType: mimeType)
        case .resourceLink(let link): self = .link(uri: link.uri, name: link.name, mimeType: link.mimeType ?? "")
        case .resource(let resource):
            switch resource.body {
            case .text(let text): self = .embeddedText(uri: resource.uri, text, mimeType: resource.mimeType ?? "")
            case .blob(let data): self = .embeddedData(uri: resource.uri, data, mimeType: resource.mimeType ?? "")
            }
        case .annotated(let inner, _, _): self.init(inner)
        }
    }
}
