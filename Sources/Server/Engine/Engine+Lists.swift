import MCP
import PluginHost
import Scopes
import Transport

/// The four lists, page by page. A cursor says where the next page begins and in which state of the list (DIGEST 8.8).
extension Engine {
    func listTools(_ request: ServedRequest) {
        let listing = host.catalog.tools(for: hostSession(of: request.origin))
        guard let page = page(.tools, listing, [], request) else { return }
        let bytes = encoder(for: request.context.version).toolsList(
            id: request.id, tools: page.items, nextCursor: page.next, cache: page.cache)
        request.sink.finish(bytes, status: 200)
    }

    func listResources(_ request: ServedRequest) {
        let listing = host.catalog.resources(for: hostSession(of: request.origin))
        guard let page = page(.resources, listing, resources.map(\.definition), request) else { return }
        let bytes = encoder(for: request.context.version).resourcesList(
            id: request.id, resources: page.items, nextCursor: page.next, cache: page.cache)
        request.sink.finish(bytes, status: 200)
    }

    func listResourceTemplates(_ request: ServedRequest) {
        let listing = host.catalog.templates(for: hostSession(of: request.origin))
        guard let page = page(.templates, listing, [], request) else { return }
        let bytes = encoder(for: request.context.version).resourceTemplatesList(
            id: request.id, templates: page.items, nextCursor: page.next, cache: page.cache)
        request.sink.finish(bytes, status: 200)
    }

    func listPrompts(_ request: ServedRequest) {
        let listing = host.catalog.prompts(for: hostSession(of: request.origin))
        guard let page = page(.prompts, listing, [], request) else { return }
        let bytes = encoder(for: request.context.version).promptsList(
            id: request.id, prompts: page.items, nextCursor: page.next, cache: page.cache)
        request.sink.finish(bytes, status: 200)
    }

    private struct ListPage<Definition> {
        let items: [Definition]
        let next: String?
        let cache: CacheHint
    }

    /// The page that a request asks for; nil where it was refused.
    ///
    /// - Parameter own: of the host itself; they come first.
    private func page<Definition>(
        _ list: PageCursor.List, _ listing: Listing<Definition>, _ own: [Definition], _ request: ServedRequest
    ) -> ListPage<Definition>? {
        let cursor: String?
        switch ListParameters.parse(request.inbound) {
        case .success(let parameters): cursor = parameters.cursor
        case .failure(let error):
            refuse(request, error)
            return nil
        }
        let count = own.count + listing.offers.count
        func next(_ offset: Int) -> PageCursor {
            PageCursor(list: list, shared: listing.shared, own: listing.own, offset: offset)
        }
        var start = 0
        if let cursor {
            // A page begins where one has ended, not anywhere.
            guard let known = PageCursor(cursor), known == next(known.offset), known.offset < count, known.offset % limits.pageSize == 0
            else {
                refuse(request, .invalidCursor)
                return nil
            }
            start = known.offset
        }
        let end = min(count, start + limits.pageSize)
        let items = (start..<end).map { $0 < own.count ? own[$0] : listing.offers[$0 - own.count].definition }
        return ListPage(
            items: items, next: end < count ? next(end).text : nil,
            cache: CacheHint(ttlMilliseconds: 0, scope: listing.isShared ? .public : .private))
    }
}
