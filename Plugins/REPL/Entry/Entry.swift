public import AmbitPlugin
internal import REPL

@c(ambit_plugin_entry) public func entry() -> UnsafePointer<ambit_plugin_descriptor>? { export(REPLPlugin.self) }
