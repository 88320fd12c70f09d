import JSON

extension CallResult {
    /// Bytes of what it holds, as far as that grows with what a handler gives.
    package var memory: Int {
        content.reduce(0) { $0 + $1.memory } + (structured?.document.memory ?? 0) + (meta?.document.memory ?? 0)
            + (description?.utf8.count ?? 0)
    }
}

extension Content {
    fileprivate var memory: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .image(let data, _), .audio(let data, _): data.count
        case .resourceLink(let link): link.uri.utf8.count + (link.description?.utf8.count ?? 0) + (link.icons?.document.memory ?? 0)
        case .resource(let contents): contents.memory
        case .annotated(let inner, let annotations, let meta):
            inner.memory + (annotations?.document.memory ?? 0) + (meta?.document.memory ?? 0)
        }
    }
}

extension ResourceContents {
    fileprivate var memory: Int {
        switch body {
        case .text(let text): text.utf8.count
        case .blob(let data): data.count
        }
    }
}
