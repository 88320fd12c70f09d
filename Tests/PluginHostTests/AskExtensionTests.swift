import CAmbit
import Scopes
import Testing

@testable import PluginHost

@Suite struct AskExtensionTests: ExtensionSuite {
    @Test func nobodyIsAskedAndThePluginIsToldSo() throws {
        let (test, plugin, tables) = try loaded()
        let (call, _) = try test.invoke("limited", "{}")
        var error = makeError()
        #expect(tables.ask.ask(try #require(call).handle, nil, 0, nil, { _, _, _ in }, &error) == AMBIT_UNSUPPORTED)
        #expect(error.message.contains("do without"))
        call?.cancel(Reason(.cancelled, by: "client"))
        #expect(tables.ask.ask(try #require(call).handle, nil, 0, nil, { _, _, _ in }, &error) == AMBIT_STALE_HANDLE)
        end(test, plugin)
    }
}
