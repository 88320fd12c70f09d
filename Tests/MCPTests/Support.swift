import JSON

@testable import MCP

func json(_ text: String) -> JSONValue {
    do {
        return try JSONDocument(parsing: text).root
    } catch {
        preconditionFailure("a test's own JSON is wrong: \(error)")
    }
}

func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

func inbound(_ text: String) throws -> Inbound { try Inbound.parse(Array(text.utf8)).get() }

func refusal(_ text: String) -> Rejection? {
    if case .failure(let rejection) = Inbound.parse(Array(text.utf8)) { return rejection }
    return nil
}

/// A modern request; `meta` replaces the two required members.
func modern(
    _ method: String, params: String = "", version: String = "2026-07-28", meta: String? = nil, id: String = "1"
) -> String {
    let meta =
        meta
        ?? #""io.modelcontextprotocol/protocolVersion":"\#(version)","io.modelcontextprotocol/clientCapabilities":{}"#
    let comma = params.isEmpty ? "" : ","
    return #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{\#(params)\#(comma)"_meta":{\#(meta)}}}"#
}

func request(_ method: String, params: String = "{}") -> String {
    #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#
}

func notification(_ method: String, params: String = "{}") -> String {
    #"{"jsonrpc":"2.0","method":"\#(method)","params":\#(params)}"#
}

func initialize(_ version: String) -> String {
    request(
        "initialize",
        params:
            #"{"protocolVersion":"\#(version)","capabilities":{"roots":{}},"clientInfo":{"name":"c","version":"1"}}"#)
}

func session(_ version: ProtocolVersion = .v2025_11_25) -> LegacySession {
    LegacySession(
        Initialization(
            requestedVersion: version.rawValue, version: version,
            client: ClientDescription(info: json(#"{"name":"c","version":"1"}"#), capabilities: json("{}"))))
}

let everything = ServerCapabilities(tools: .init(listChanged: true), logging: true)

/// An admission in one line, for tables.
func outline(_ admission: Admission) -> String {
    switch admission {
    case .modern(let context): "modern \(context.version.rawValue)"
    case .legacy(let context): "legacy \(context.version.rawValue)"
    case .initialize(let initialization): "initialize \(initialization.version.rawValue)"
    case .ping: "ping"
    case .initialized: "initialized"
    case .cancel(let cancellation): "cancel \(cancellation.requestID)"
    case .response: "response"
    case .ignore: "ignore"
    case .reject(let rejection):
        "\(rejection.httpStatus) \(rejection.error.code)\(rejection.id.map { " id \($0)" } ?? "")"
    }
}
