package import MCP
import PluginHost
import Scopes
import Synchronization
package import Transport

/// Serves MCP: one engine for both eras and all transports (DIGEST 8.1). It decides by MCP's pure functions, finds the tool, and lets the
/// call travel. Nothing in it knows a socket.
package final class Engine: Service {
    let info: ServerInfo
    let instructions: String?
    let capabilities = ServerCapabilities(
        tools: .init(listChanged: true), resources: .init(subscribe: true, listChanged: true), prompts: .init(listChanged: true),
        completions: true, tasks: true, logging: true)
    /// Resources of the host itself.
    let resources: [HostResource]
    let runtime: Runtime
    /// The server's: what belongs to no session belongs to it.
    let scope: Scope
    let host: PluginHost
    let sessions: Sessions
    let limits: EngineLimits
    let inFlight = InFlight()
    /// Calls that wait for the next request of their clients, and the key of what those carry for us.
    let suspended: SuspendedCalls
    let seal: StateSeal
    /// Calls that go on as tasks.
    let tasks: CallTasks
    /// Who is told of changes.
    let hub = EventHub()
    let replayGauges = ReplayGauges()
    let readiness: Readiness
    let accounts: ToolAccounts
    /// Nil: everybody may call everything.
    let access: ResourceServer?
    /// Legacy sessions by id, and the one of the stdio connection.
    let table = Lock(SessionTable())
    let pages: @Sendable (PageRequest, @escaping @Sendable (Page) -> Void) -> Bool
    private let callCount = Atomic<Int>(0)
    private let encoders: [MessageEncoder]

    struct SessionTable {
        var byID: [String: ProtocolSession] = [:]
        /// The connection is a session of its own (DESIGN section 2): both eras' calls belong to it.
        var stdioHost: HostSession?
        var stdio: ProtocolSession?
        var stdioOutlet: WeakOutlet?
    }

    /// - Parameters:
    ///   - seal: of what clients carry between two requests of one call.
    ///   - tasks: where tasks outlast this run of the server.
    ///   - access: what tools need of those who have to say who they are.
    ///   - pages: answers what is asked beside the endpoint; false: there is no such page.
    init(
        info: ServerInfo, instructions: String?, scope: Scope, host: PluginHost, sessions: Sessions, limits: EngineLimits,
        seal: StateSeal, tasks: TaskStore, access: ResourceServer? = nil,
        pages: @escaping @Sendable (PageRequest, @escaping @Sendable (Page) -> Void) -> Bool
    ) {
        self.info = info
        self.instructions = instructions
        self.scope = scope
        runtime = scope.runtime
        self.host = host
        self.sessions = sessions
        self.limits = limits
        self.access = access
        self.pages = pages
        readiness = Readiness(runtime)
        self.seal = seal
        suspended = SuspendedCalls(limits.suspended)
        self.tasks = CallTasks(limits.tasks, scope.runtime, tasks)
        resources = [ScopesResource.make(host, sessions, runtime.ledger)]
        accounts = ToolAccounts(rate: limits.callRate, burst: limits.callBurst)
        encoders = (ProtocolVersion.modern + ProtocolVersion.legacy).map { MessageEncoder(version: $0, server: info) }
        host.catalog.onChange { [weak self] in self?.listsChanged($0) }
        host.catalog.onResourceUpdated { [weak self] in self?.resourcesUpdated($0) }
    }

    /// Calls whose handler has not finished.
    package var calls: Int { callCount.load(ordering: .relaxed) }

    /// Protocol sessions that are live.
    package var sessionCount: Int { table.withLock { $0.byID.count + ($0.stdio == nil ? 0 : 1) } }

    /// The plugins are loaded.
    package func ready() { readiness.settle(.ready) }

    /// The server stops: what waits for plugins is answered, what comes is refused.
    package func stopping() { readiness.settle(.stopping) }

    func encoder(for version: ProtocolVersion) -> MessageEncoder {
        encoders.first { $0.version == version } ?? MessageEncoder(version: version, server: info)
    }

    /// Counts a call, unless there are too many.
    func beginCall() -> Bool {
        let now = callCount.wrappingAdd(1, ordering: .relaxed).newValue
        guard now > limits.calls else { return true }
        callEnded()
        return false
    }

    func callEnded() { callCount.wrappingSubtract(1, ordering: .relaxed) }

    // MARK: Service

    package func receive(_ inbound: Inbound, over facts: TransportFacts, from peer: Peer, sink: any ResponseSink) {
        let (origin, session) = locate(facts, peer)
        if case .unknown = session, Fault.isOn("sessionless-posts-allocate-nothing") { rememberAnyway() }
        serve(Admission.decide(inbound, over: facts, session: session, capabilities: capabilities), inbound, origin, sink)
    }

    /// Where a message comes from, and the live session that it names.
    func locate(_ facts: TransportFacts, _ peer: Peer) -> (Origin, SessionLookup) {
        switch facts {
        case .stdio:
            let session = table.withLock { $0.stdio }
            return (Origin(way: .stdio, peer: peer, session: session), session.map { .live($0.legacy) } ?? .none)
        case .http(let http):
            guard let id = http.sessionID else { return (Origin(way: .http(http), peer: peer, session: nil), .none) }
            let session = find(id, of: peer)
            return (Origin(way: .http(http), peer: peer, session: session), session.map { .live($0.legacy) } ?? .unknown)
        }
    }

    func serve(_ decision: Admission, _ inbound: Inbound, _ origin: Origin, _ sink: any ResponseSink) {
        let session = origin.session
        switch decision {
        case .modern(let context): serve(inbound, context, origin, sink)
        case .legacy(let context):
            session?.host.touch()
            serve(inbound, context, origin, sink)
        case .initialize(let initialization): open(initialization, inbound, origin, sink)
        case .ping: answer(inbound, sink) { self.encoder(for: .latestLegacy).emptyResult(id: $0) }
        case .initialized:
            session?.initialized()
            sink.accepted()
        case .cancel(let cancellation):
            if let owner = origin.owner, !Fault.isOn("cancel-reaches-child-process") {
                inFlight.cancel(.init(owner: owner, id: cancellation.requestID), cancellation.reason)
            }
            sink.accepted()
        case .response:
            if session?.questions.answer(inbound) != true { runtime.ledger.count("responses.unasked") }
            sink.accepted()
        case .ignore: sink.accepted()
        case .reject(let rejection):
            if Fault.isOn("rejected-request-allocates-nothing") { rememberAnyway() }
            sink.finish(rejection.bytes, status: rejection.httpStatus)
        }
    }

    package func page(_ request: PageRequest, respond: @escaping @Sendable (Page) -> Void) -> Bool {
        pages(request, respond)
    }

    /// Answers a request at once.
    func answer(_ inbound: Inbound, _ sink: any ResponseSink, _ encode: (RequestID) -> [UInt8]) {
        guard let id = inbound.id else { return sink.accepted() }
        sink.finish(encode(id), status: 200)
    }

    func refuse(
        _ id: RequestID?, _ error: ProtocolError, _ sink: any ResponseSink, status: Int
    ) {
        sink.finish(MessageEncoder.error(id: id, error), status: status, headers: error.headers)
    }
}

extension ProtocolError {
    /// Of the HTTP response that it is.
    var headers: [ResponseHeader] { retryAfter.map { [ResponseHeader("Retry-After", "\($0)")] } ?? [] }
}
