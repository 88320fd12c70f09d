/// What a handle names: the top 8 bits of an `ambit_handle` (S18). Values are part of no contract but must not be 0.
enum HandleKind: UInt8, Sendable, CaseIterable {
    case host = 1
    case scope, call, task, channel, subscription, timer, process, finalizer, registration, reply, arena, directory, kind, resource, lease,
        descriptor, listener
}
