internal import CAmbit

/// A function of a plugin with the context it wants back. The host only passes the pair on.
struct ForeignCallback<Function>: @unchecked Sendable {  // both are the plugin's and are never read here; no lock needed
    let context: UnsafeMutableRawPointer?
    let function: Function

    init(_ context: UnsafeMutableRawPointer?, _ function: Function) {
        self.context = context
        self.function = function
    }

    /// For a function that the plugin must provide.
    init(_ context: UnsafeMutableRawPointer?, required function: Function?, _ name: StaticString) throws(Refusal) {
        guard let function else { throw .invalid("\(name) is NULL") }
        self.init(context, function)
    }
}

typealias ContextFunction = @convention(c) (UnsafeMutableRawPointer?) -> Void
typealias StatusFunction = @convention(c) (UnsafeMutableRawPointer?, ambit_status) -> Void
