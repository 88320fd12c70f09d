/// A `$dynamicAnchor`: its name in a schema resource.
struct DynamicTarget: Sendable, Hashable {
    let name: Int32
    let resource: Int32
}
