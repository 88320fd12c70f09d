/// Why a token is not accepted: the description of `error="invalid_token"`. Fixed texts, so that nothing of a token gets into headers and
/// logs.
struct TokenRefusal: Error, Equatable {
    let text: String

    init(_ text: StaticString) { self.text = "\(text)" }
}
