internal import CAmbit
internal import Scopes

/// A kind of a plugin's own (S8): what it is called and how it is released. Lives as long as the instance.
final class PluginKind: Sendable {
    typealias Release = @convention(c) (UnsafeMutableRawPointer?, ambit_resource, UnsafePointer<ambit_reason>?) -> Int32

    /// Kinds of one instance.
    static let maximal = 32

    let kind: Kind
    let instance: PluginInstance
    let release: ForeignCallback<Release>

    private init(_ kind: Kind, _ instance: PluginInstance, _ release: ForeignCallback<Release>) {
        self.kind = kind
        self.instance = instance
        self.release = release
    }

    static func define(_ descriptor: UnsafePointer<ambit_kind_descriptor>?, by instance: PluginInstance) throws(Refusal) -> ambit_kind {
        let descriptor = try Structs.read(descriptor, "descriptor")
        let name = try descriptor.name.string("descriptor.name")
        guard PluginName.isValid(name) else { throw .invalid("the kind's name '\(name)' is not [a-z][a-z0-9-]{0,31}") }
        let phase: Kind.Phase
        switch Int(descriptor.phase) {
        case AMBIT_RELEASE_EARLY: phase = .reap
        case AMBIT_RELEASE_LATE: phase = .free
        default: throw .invalid("descriptor.phase is \(descriptor.phase): it is AMBIT_RELEASE_EARLY or AMBIT_RELEASE_LATE")
        }
        let release = try ForeignCallback(nil, required: descriptor.release, "descriptor.release")
        // The ledger's names are for the life of the process: they are bounded for each plugin, whatever its generations define.
        guard instance.services.kinds.admits(name, of: instance.name), let kind = Kind.custom("\(instance.name).\(name)", phase: phase)
        else { throw Refusal(.overQuota, "'\(instance.name)' has defined \(maximal) kinds already", quota: "kinds") }
        guard let entry = instance.life.withLock({ $0.scopeEntry }) else { throw .stale("host") }
        return try entry.name(.kind, PluginKind(kind, instance, release))
    }

    static func find(_ handle: ambit_kind) throws(Refusal) -> PluginKind {
        guard let kind = HandleTable.shared.object(handle, .kind, as: PluginKind.self) else { throw .stale("kind") }
        return kind
    }
}

/// Names of kinds that plugins have defined in this process.
final class PluginKinds: Sendable {
    private let names = Lock<[String: Set<String>]>([:])

    /// False when a plugin has defined as many as it may.
    func admits(_ name: String, of plugin: String) -> Bool {
        names.withLock { names in
            var known = names[plugin] ?? []
            known.insert(name)
            guard known.count <= PluginKind.maximal else { return false }
            names[plugin] = known
            return true
        }
    }
}
