/// What the transport knows of a message besides its bytes.
package enum TransportFacts: Sendable {
    case stdio
    case http(HTTPFacts)
}
