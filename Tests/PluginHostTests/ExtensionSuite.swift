import CAmbit
import JSON
import MCP
import Scopes
import Testing

@testable import PluginHost

/// What the tests of the host's tables share: each calls every function of one table, as a plugin calls it.
protocol ExtensionSuite {}

extension ExtensionSuite {
    func loaded(_ macros: String...) throws -> (TestHost, PluginInstance, Tables) {
        let test = TestHost()
        let fixture = macros.isEmpty ? try Fixture() : try Fixture(macros[0])
        let plugin = try test.host.load(path: fixture.path)
        return (test, plugin, try Tables(plugin))
    }

    func end(_ test: TestHost, _ plugin: PluginInstance) {
        #expect(plugin.closeNow()?.isClean == true)
        #expect(plugin.handleCount == 0)
        #expect(plugin.gate.count == 0)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    func open(_ tables: Tables, _ parent: ambit_scope, _ label: String = "child") -> ambit_scope {
        var out: ambit_scope = 0
        #expect(withText(label) { tables.scope.open(parent, $0, &out, nil) } == ok)
        return out
    }
}
