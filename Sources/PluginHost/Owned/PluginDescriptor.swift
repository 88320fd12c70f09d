internal import CAmbit
internal import Scopes

/// A descriptor that a plugin gave to a scope, or that a listener took for it.
final class PluginDescriptor: Sendable {
    let descriptor: Descriptor
    let entry: ScopeEntry

    private init(_ descriptor: Descriptor, _ entry: ScopeEntry) {
        self.descriptor = descriptor
        self.entry = entry
    }

    static func adopt(_ number: Int32, label: String, in entry: ScopeEntry) throws(Refusal) -> ambit_descriptor {
        let descriptor: Descriptor
        do throws(DescriptorError) {
            descriptor = try entry.scope.adopt(descriptor: number, label: label)
        } catch {
            if case .refused(let refused) = error { throw Refusal(refused) }
            throw .invalid("\(error)")
        }
        do throws(Refusal) {
            return try entry.name(.descriptor, PluginDescriptor(descriptor, entry))
        } catch {
            // It stays the caller's.
            _ = descriptor.disown()
            throw error
        }
    }

    static func find(_ handle: ambit_descriptor) throws(Refusal) -> PluginDescriptor {
        guard let descriptor = HandleTable.shared.object(handle, .descriptor, as: PluginDescriptor.self) else { throw .stale("descriptor") }
        return descriptor
    }

    func close(_ handle: ambit_descriptor) {
        descriptor.close()
        entry.forget(handle)
    }

    func disown(_ handle: ambit_descriptor) throws(Refusal) -> Int32 {
        guard let number = descriptor.disown() else { throw Refusal(.closed, "the descriptor is closing") }
        entry.forget(handle)
        return number
    }
}
