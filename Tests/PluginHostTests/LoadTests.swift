import CAmbit
import Glibc
import MCP
import Scopes
import Testing

@testable import PluginHost

@Suite struct LoadTests {
    @Test func aGoodPluginOffersItsToolsInItsOwnScope() throws {
        let test = TestHost()
        let fixture = try Fixture()
        let before = test.host.catalog.tools(for: nil).shared
        let plugin = try test.host.load(path: fixture.path)
        #expect(plugin.state == .ready)
        #expect(plugin.name == "fixture" && plugin.version == "1.2.3" && plugin.summary == "For tests.")
        #expect(plugin.scope.path == "server/plugin fixture#1")
        #expect(test.host.catalog.tools(for: nil).shared != before)
        let names = test.host.catalog.tools().map(\.definition.name)
        // As the plugin has them.
        #expect(
            names == [
                "echo_inline", "echo_async", "echo_blocking", "hold", "limited", "serial", "unfinished", "unfinished_inline", "twice",
                "bad_json", "leaky",
            ])
        #expect(fixture.counter(.created) == 1 && fixture.counter(.activated) == 1)
        #expect(test.log.contains("plugin loaded plugin=fixture"))
        test.shutdown()
        #expect(fixture.counter(.quiesced) == 1 && fixture.counter(.destroyed) == 1)
        #expect(test.leftovers == [])
        #expect(plugin.handleCount == 0)
    }

    private func failure(_ path: String, _ test: TestHost, config: String = "{}") -> String {
        do throws(PluginError) {
            _ = try test.host.load(path: path, config: Array(config.utf8))
            return "loaded"
        } catch {
            #expect(error.description.hasPrefix(path))
            #expect(!error.description.contains("\n"))
            return error.description
        }
    }

    @Test func everyFailureSaysInOneLineWhatIsWrongAndLeavesNothing() throws {
        let test = TestHost()
        #expect(failure("/nonexistent/x.so", test).contains("there is no such file"))
        #expect(failure("/dev/null", test).contains("it is not a file"))
        #expect(failure(Fixture.folder(), test).contains("no library in this folder exports ambit_plugin_entry"))
        #expect(failure(try Fixture.file("hello"), test).contains("not a 64-bit shared object"))
        #expect(failure(try Fixture("NO_ENTRY").path, test).contains("exports no ambit_plugin_entry"))
        let abi = failure(try Fixture("ABI_MINOR=77").path, test)
        #expect(abi.contains("built for ABI 0.77") && abi.contains("this host has ABI \(AMBIT_ABI_MAJOR).\(AMBIT_ABI_MINOR)"))
        let toolchain = failure(try Fixture(#"TOOLCHAIN="swift 5.1.0""#).path, test)
        #expect(toolchain.contains("swift 5.1.0") && toolchain.contains(HostToolchain.name))
        #expect(failure(try Fixture(#"NAME="Bad_Name""#).path, test).contains("its name 'Bad_Name' is not allowed"))
        #expect(failure(try Fixture(#"REQUIRES="com.example.none/1""#).path, test).contains("requires com.example.none/1"))
        #expect(failure(try Fixture().path, test, config: "[1]").contains("configuration is not a JSON object"))
        let create = try Fixture("CREATE_FAILS")
        #expect(failure(create.path, test).contains("the configuration has no 'root'"))
        let activate = try Fixture("ACTIVATE_FAILS")
        #expect(failure(activate.path, test).contains("the port is taken"))
        #expect(failure(try Fixture("BAD_SCHEMA").path, test).contains("inputSchema must have"))
        #expect(test.host.catalog.tools().isEmpty)
        test.shutdown()
        #expect(test.host.instances.isEmpty)
        #expect(test.leftovers == [])
        // Only an instance that was created is destroyed.
        #expect(create.counter(.destroyed) == 0)
        #expect(activate.counter(.destroyed) == 1)
        #expect(create.counter(.constructed) == 1)
    }

    @Test func aSecondPluginOfTheSameNameNamesTheFirst() throws {
        let test = TestHost()
        let first = try Fixture()
        _ = try test.host.load(path: first.path)
        let second = try Fixture()
        let text = failure(second.path, test)
        #expect(text.contains("the plugin name 'fixture' is taken by \(first.path)"))
        #expect(second.counter(.created) == 0)
        #expect(test.host.instances.count == 1 && test.host.plugins.map(\.state) == [.ready, .failed])
        test.shutdown()
    }

    @Test func aToolNameThatIsTakenNamesBothPluginsAndUnloadsTheSecond() throws {
        let test = TestHost()
        let first = try Fixture()
        _ = try test.host.load(path: first.path)
        let second = try Fixture(#"NAME="other""#)
        let text = failure(second.path, test)
        #expect(text.contains("'other'") && text.contains("'fixture'") && text.contains(first.path))
        #expect(test.host.catalog.tool(named: "hold")?.plugin.name == "fixture")
        test.shutdown()
        #expect(second.counter(.destroyed) == 1)
        #expect(test.leftovers == [])
    }

    @Test func unloadingWithdrawsTheToolsAndTheNextGenerationHasANewLabel() throws {
        let test = TestHost()
        let fixture = try Fixture()
        let first = try test.host.load(path: fixture.path)
        let other = try test.host.load(path: try Fixture(#"NAME="other""#, #"TOOL_PREFIX="o_""#).path)
        let changes = Box<Int>()
        test.host.catalog.onChange { _ in changes.set(1) }
        #expect(test.host.catalog.tools().count == 22)
        // In the order of loading, then by name.
        #expect(test.host.catalog.tools().first?.plugin === first)
        let tool = try #require(test.host.catalog.tool(named: "echo_inline"))
        let report = try #require(first.closeNow())
        #expect(report.isClean)
        #expect(changes.wait() == 1)
        #expect(first.state == .closed)
        #expect(test.host.catalog.tools().allSatisfy { $0.plugin === other })
        #expect(first.handleCount == 0)
        // A snapshot's tool refuses; it never calls into what is gone.
        let sink = RecordingSink()
        let call = tool.invoke(CallRequest(arguments: nil, context: .test()), sink: sink)
        #expect(call == nil)
        #expect(sink.text.hasPrefix("cancelled unloaded"))
        let again = try test.host.load(path: fixture.path)
        #expect(again.scope.label == "fixture#2")
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func aPluginInSwiftRunsWhereItWasBuiltBesideTheTests() throws {
        guard let path = Beside.file("libClock.so") else { return }
        let test = TestHost(runtime: Runtime())
        let plugin = try test.host.load(path: path)
        #expect(plugin.name == "clock")
        let (_, sink) = try test.invoke("clock_tick", #"{"times":1}"#)
        #expect(sink.wait().hasPrefix("result"))
        #expect(plugin.closeNow()?.isClean == true)
        test.shutdown()
        #expect(test.leftovers == [])
    }
}

/// Files that the same build made.
enum Beside {
    static func file(_ name: String) -> String? {
        for argument in CommandLine.arguments where argument.contains(".xctest") {
            let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
            guard let bundle = parts.firstIndex(where: { $0.contains(".xctest") }) else { continue }
            let path = parts[..<bundle].joined(separator: "/")
            if access("\(path)/\(name)", R_OK) == 0 { return "\(path)/\(name)" }
        }
        return nil
    }
}
