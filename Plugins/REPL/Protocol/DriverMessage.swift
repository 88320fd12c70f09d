internal import AmbitPlugin

/// What a driver says.
enum DriverMessage: Equatable, Sendable {
    /// It takes requests; the version of its language.
    case ready(String)
    /// The outcome of an evaluation.
    case answer(id: String, JSON)

    init?(_ bytes: ArraySlice<UInt8>) {
        guard let json = try? JSON(parsing: String(decoding: bytes, as: UTF8.self)) else { return nil }
        if let version = json["ready"]?.string {
            self = .ready(version)
        } else if let id = json["id"]?.string {
            self = .answer(id: id, json)
        } else {
            return nil
        }
    }
}
