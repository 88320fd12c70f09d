/// What became of the wish to hold something shared.
package enum LeaseOutcome<Value: Sendable>: Sendable {
    case granted(Lease<Value>)
    /// The build has failed; why.
    case failed(String)
    /// The holder's scope, or that of what is shared, has begun to close.
    case closed(Reason)
}

/// A build has failed.
package struct LeaseError: Error, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
