/// Files of the certificates that an HTTP server shows; both empty: plain HTTP.
package struct TLSFiles: Sendable {
    package var chain = ""
    package var key = ""

    package init() {}

    var isOn: Bool { !chain.isEmpty }
}
