package import JSON

/// A message from a client after the one parse that it gets. Arguments stay a view into its bytes.
package final class Inbound: Sendable {
    package enum Shape: Sendable { case request, notification, response }

    package let root: JSONValue
    package let shape: Shape
    /// Nil for notifications.
    package let id: RequestID?
    /// Empty for responses.
    package let method: String
    /// The method when it is one that this server knows.
    package let known: KnownMethod?
    /// An object, or nil when absent.
    package let params: JSONValue?
    /// `params._meta` when it is an object.
    package let meta: JSONValue?
    private let members: ParamsMembers

    /// Reads one JSON-RPC message. A refusal carries the id wherever one could be read, and status 400.
    package static func parse(_ bytes: [UInt8], limits: JSONLimits = .default) -> Result<Inbound, Rejection> {
        InboundFrame.parse(bytes, limits: limits).flatMap { frame in
            switch frame {
            case .message(let inbound): .success(inbound)
            case .batch: .failure(Rejection(.noBatches, id: nil, httpStatus: 400))
            }
        }
    }

    static func read(_ root: JSONValue) -> Result<Inbound, Rejection> {
        guard root.kind == .object else {
            return .failure(Rejection(.invalidRequest("a message is an object"), id: nil, httpStatus: 400))
        }
        let members = MessageMembers(root)
        let id = root.at(members.id).flatMap { RequestID($0) }
        func refuse(_ error: ProtocolError) -> Result<Inbound, Rejection> {
            .failure(Rejection(error, id: id, httpStatus: 400))
        }
        guard root.at(members.version)?.isString("2.0" as StaticString) == true else {
            return refuse(.invalidRequest("jsonrpc must be \"2.0\""))
        }
        if members.id >= 0, id == nil { return refuse(.invalidRequest("id must be a string or an integer")) }

        guard let methodValue = root.at(members.method) else {
            guard id != nil, members.hasResult != members.hasError else {
                let error = ProtocolError.invalidRequest("neither a method nor one of result and error")
                // The id of a response is one of this side's: an answer that carries it would be somebody else's.
                return .failure(Rejection(error, id: members.hasResult || members.hasError ? nil : id, httpStatus: 400))
            }
            return .success(Inbound(root, .response, id, "", nil))
        }
        guard let method = methodValue.string else { return refuse(.invalidRequest("method must be a string")) }
        let params = root.at(members.params)
        if let params, params.kind != .object { return refuse(.invalidEnvelope("params must be an object")) }
        return .success(Inbound(root, id == nil ? .notification : .request, id, method, params))
    }

    private init(_ root: JSONValue, _ shape: Shape, _ id: RequestID?, _ method: String, _ params: JSONValue?) {
        self.root = root
        self.shape = shape
        self.id = id
        self.method = method
        self.known = KnownMethod(method)
        self.params = params
        members = ParamsMembers(params)
        let meta = params?.at(members.meta)
        self.meta = meta?.kind == .object ? meta : nil
    }

    // What requests that become calls have in `params`.

    /// `params.name`.
    package var name: JSONValue? { params?.at(members.name) }
    /// `params.arguments`.
    var arguments: JSONValue? { params?.at(members.arguments) }
    /// `params.inputResponses`.
    package var inputResponses: JSONValue? { params?.at(members.inputResponses) }
    /// `params.requestState`.
    var requestState: JSONValue? { params?.at(members.requestState) }

    /// Whether it claims to be of the modern era: either of the two required keys is in `_meta` (DIGEST 1.20).
    package var isModern: Bool {
        guard let meta else { return false }
        return meta[MetaKey.protocolVersion] != nil || meta[MetaKey.clientCapabilities] != nil
    }
}
