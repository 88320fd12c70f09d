/// Why a text is no template that URIs can be matched with.
package struct URITemplateError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
