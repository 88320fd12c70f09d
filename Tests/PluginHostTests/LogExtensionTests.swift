import CAmbit
import JSON
import MCP
import Scopes
import Testing

@testable import PluginHost

@Suite struct LogExtensionTests: ExtensionSuite {
    @Test func recordsGoToTheHostsLogUnderThePluginsName() throws {
        let (test, plugin, tables) = try loaded()
        #expect(tables.log.enabled(plugin.hostHandle, Int32(AMBIT_LOG_DEBUG)) == 0)
        #expect(tables.log.enabled(plugin.hostHandle, Int32(AMBIT_LOG_INFO)) == 1)
        #expect(tables.log.enabled(3, Int32(AMBIT_LOG_INFO)) == 0)
        withText("ready") { message in
            withText("port") { key in
                withText("80") { value in
                    var field = ambit_log_field(key: key, value: value)
                    tables.log.write(plugin.hostHandle, Int32(AMBIT_LOG_NOTICE), message, &field, 1)
                    tables.log.write(plugin.hostHandle, Int32(AMBIT_LOG_DEBUG), message, nil, 0)
                }
            }
        }
        #expect(test.log.all.filter { $0.contains("ready") } == ["notice fixture ready port=80"])
        end(test, plugin)
    }
}
