/// Why a JSON value does not fit a type.
public struct JSONDecodingFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Of the value that is wrong: "limits[2].max"; empty: the whole.
    public let path: String
    /// "expected an integer, got \"x\"", or "is missing".
    public let problem: String

    public var description: String { path.isEmpty ? problem : "\"\(path)\": \(problem)" }

    init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    init(_ error: any Error) {
        switch error {
        case let failure as JSONDecodingFailure:
            self = failure
        case DecodingError.keyNotFound(let key, let context):
            self.init(path: JSONKey.path(context.codingPath + [key]), problem: "is missing")
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            self.init(path: JSONKey.path(context.codingPath), problem: context.debugDescription)
        default:
            self.init(path: "", problem: "\(error)")
        }
    }
}
