import MCP
import PluginHost
import Scopes
import Transport

/// Resources of the host. All fit one page, so no cursor was ever handed out.
extension Engine {
    func listResources(_ inbound: Inbound, _ id: RequestID, _ context: RequestContext, _ sink: any ResponseSink) {
        guard isFirstPage(inbound, id, context, sink) else { return }
        sink.finish(encoder(for: context.version).resourcesList(id: id, resources: resources.map(\.definition)), status: 200)
    }

    func listResourceTemplates(_ inbound: Inbound, _ id: RequestID, _ context: RequestContext, _ sink: any ResponseSink) {
        guard isFirstPage(inbound, id, context, sink) else { return }
        sink.finish(encoder(for: context.version).noResourceTemplates(id: id), status: 200)
    }

    func readResource(
        _ inbound: Inbound, _ id: RequestID, _ context: RequestContext, _ origin: Origin, _ sink: any ResponseSink
    ) {
        let wanted: ResourceRead
        switch ResourceRead.parse(inbound) {
        case .success(let read): wanted = read
        case .failure(let error): return refuse(id, error, sink, status: error.httpStatus(context.era))
        }
        guard let resource = resources.first(where: { $0.definition.uri == wanted.uri }) else {
            let error = ProtocolError.unknownResource(wanted.uri, context.era)
            return refuse(id, error, sink, status: error.httpStatus(context.era))
        }
        let session = origin.isStdio ? table.withLock { $0.stdioHost } : origin.session?.host
        let reader = HostResource.Reader(session: session, principal: origin.peer.principal)
        let encoder = encoder(for: context.version)
        // A tree may be large: not on an event loop.
        runtime.executor.post {
            let contents = ResourceContents(
                uri: wanted.uri, mimeType: resource.definition.mimeType, body: .text(resource.read(reader)))
            sink.finish(encoder.resourceContents(id: id, [contents]), status: 200)
        }
    }

    private func isFirstPage(
        _ inbound: Inbound, _ id: RequestID, _ context: RequestContext, _ sink: any ResponseSink
    ) -> Bool {
        let error: ProtocolError
        switch ListParameters.parse(inbound) {
        case .success(let parameters):
            guard parameters.cursor != nil else { return true }
            error = .invalidCursor
        case .failure(let wrong): error = wrong
        }
        refuse(id, error, sink, status: error.httpStatus(context.era))
        return false
    }
}
