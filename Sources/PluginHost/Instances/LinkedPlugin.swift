internal import CAmbit

/// A plugin that is part of this program.
struct LinkedPlugin: @unchecked Sendable {  // static data (A1)
    let descriptor: UnsafePointer<ambit_plugin_descriptor>
}
