import Glibc
import Scopes
import Testing

@testable import PluginHost

/// Plugins are looked at in a process of their own: the built `ambit`.
@Suite struct InspectionTests {
    private func host(limit: Int64 = 5_000_000_000) throws -> TestHost? {
        guard let ambit = Beside.file("ambit"), let launcher = Beside.file("ambit-launcher") else { return nil }
        return TestHost(runtime: Runtime(), launcher: launcher) { loading in
            loading.inspector = ambit
            loading.inspectionLimit = limit
        }
    }

    private func failure(_ path: String, _ test: TestHost, pin: PluginPin? = nil) -> String {
        do throws(PluginError) {
            _ = try test.host.load(PluginSpec(path: path, pin: pin))
            return "loaded"
        } catch {
            #expect(error.description.hasPrefix(path) && !error.description.contains("\n"))
            return error.description
        }
    }

    @Test func aPluginThatCrashesOrHangsWhenItIsLoadedIsRefusedInOneLine() throws {
        guard let test = try host(limit: 1_000_000_000) else { return }
        let crash = failure(try Fixture("CONSTRUCTOR_CRASHES").path, test)
        #expect(crash.contains("loading it crashes (SIGSEGV): the sky is falling"))
        #expect(failure(try Fixture("ENTRY_CRASHES").path, test).contains("loading it crashes (SIGABRT)"))
        #expect(failure(try Fixture("CONSTRUCTOR_EXITS").path, test).contains("ended the process with status 7"))
        let hanging = try Fixture("CONSTRUCTOR_HANGS")
        #expect(failure(hanging.path, test).contains("did not come to an end within 1000 ms"))
        #expect(failure(try Fixture("NO_ENTRY").path, test).contains("exports no ambit_plugin_entry"))
        #expect(failure(try Fixture("ENTRY_NULL").path, test).contains("ambit_plugin_entry returned NULL"))
        #expect(failure(try Fixture("UNDEFINED").path, test).contains("undefined symbol: defined_nowhere; link the library"))
        // The server is as good as new, and none of them was loaded into it.
        #expect(hanging.counter(.constructed) == -1)
        let good = try Fixture()
        #expect(failure(good.path, test) == "loaded")
        #expect(test.gauge("process") == 0)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func aWrongABIIsFoundBeforeTheLibraryIsInThisProcess() throws {
        guard let test = try host() else { return }
        let fixture = try Fixture("ABI_MINOR=77")
        #expect(failure(fixture.path, test).contains("built for ABI 0.77"))
        #expect(fixture.counter(.constructed) == -1)
        test.shutdown()
    }

    @Test func whatWasFoundOutIsKeptSoThatTheNextStartNeedsNoProcess() throws {
        guard let test = try host() else { return }
        let fixture = try Fixture()
        let first = try test.host.load(path: fixture.path)
        let processes = test.runtime.ledger.totals().first { $0.name == "process" }?.opened
        #expect(processes == 1)
        #expect(first.closeNow()?.isClean == true)
        // Another path, the same content.
        let other = Fixture.folder() + "/again.so"
        try Fixture.shell("cp '\(fixture.path)' '\(other)'")
        #expect(failure(other, test).contains("is taken by \(fixture.path)"))
        #expect(test.runtime.ledger.totals().first { $0.name == "process" }?.opened == 1)
        test.shutdown()
    }

    @Test func aDescriptionComesBackFromTheOtherProcessAsItWas() throws {
        guard let test = try host() else { return }
        let path = try Fixture(#"REQUIRES="ambit.call/1""#, "PERMISSIONS=3").path
        let plugin = try test.host.load(path: path)
        let status = try #require(test.host.plugins.first)
        #expect(status.name == "fixture" && status.version == "1.2.3" && status.permissions == ["process", "network"])
        #expect(plugin.facts.description.requires == ["ambit.call/1"])
        let inspection = test.host.loader.inspect(path)
        #expect(inspection.error == nil && inspection.text.contains("permissions    process, network\n"))
        #expect(inspection.text.contains("requires       ambit.call/1\n") && inspection.text.contains("pin            sha256:"))
        #expect(inspection.text.contains("it exports 2 names beyond ambit_plugin_entry (fixture_get, fixture_release)"))
        #expect(inspection.text.contains("writable by    nobody else\n") && inspection.text.contains("verdict        this host loads it\n"))
        #expect(String(decoding: inspection.json, as: UTF8.self).contains(#""loads":true"#))
        chmod(path, 0o646)
        let open = test.host.loader.inspect(path)
        #expect(open.text.contains("writable by    \(path) can be changed by everybody (mode 0646)") && open.error != nil)
        test.shutdown()
    }

    @Test func anAmbitThatCanNotBeStartedIsNamed() throws {
        guard let launcher = Beside.file("ambit-launcher") else { return }
        let test = TestHost(runtime: Runtime(), launcher: launcher) { $0.inspector = "/nonexistent/ambit" }
        #expect(failure(try Fixture().path, test).contains("it could not be inspected"))
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func aPinThatDoesNotFitRefusesBeforeAnythingRuns() throws {
        let test = TestHost()
        let fixture = try Fixture()
        let wrong = try #require(PluginPin("sha256:\(String(repeating: "0a", count: 32))"))
        let text = failure(fixture.path, test, pin: wrong)
        #expect(text.contains("but \(wrong) is pinned; if the change is wanted"))
        #expect(fixture.counter(.constructed) == -1)
        let right = try #require(text.split(separator: " ").first { $0.hasPrefix("sha256:") }.map { String($0.dropLast()) })
        #expect(failure(fixture.path, test, pin: PluginPin(right)) == "loaded")
        #expect(test.host.plugins.first?.pin?.description == right)
        for bad in ["", "sha256:", "sha256:12", "md5:\(String(repeating: "0", count: 64))", "sha256:\(String(repeating: "g", count: 64))"] {
            #expect(PluginPin(bad) == nil)
        }
        test.shutdown()
    }

    @Test func aFolderBringsTheLibrariesThatThePluginNeeds() throws {
        let test = TestHost()
        let fixture = try Fixture("NEEDS_PART")
        let folder = Fixture.folder()
        let name = folder.split(separator: "/").last ?? ""
        let part = "\(folder)/libpart.so"
        try Fixture.shell(
            "echo 'int fixture_part(void) { return 7; }' | /usr/bin/cc -x c -shared -fPIC -Wl,-soname,libpart.so -o '\(part)' -")
        try Fixture.shell("/usr/bin/cc -shared -o '\(folder)/\(name).so' -Wl,-rpath,'$ORIGIN' -Wl,--no-as-needed '\(part)'")
        // Without the part beside it.
        let alone = Fixture.folder() + "/alone.so"
        try Fixture.shell("cp '\(folder)/\(name).so' '\(alone)'")
        let missing = failure(alone, test)
        #expect(missing.contains("libpart.so: cannot open shared object file") && missing.contains("$ORIGIN"))
        // With it, it loads, and only the entry is missing.
        #expect(failure(folder, test).contains("exports no ambit_plugin_entry"))
        #expect(failure(fixture.path, test).contains("undefined symbol: fixture_part"))
        test.shutdown()
    }
}

@Suite struct InspectionOutcomeTests {
    private func text(_ change: (inout InspectionOutcome) -> Void) -> String {
        var outcome = InspectionOutcome()
        change(&outcome)
        do throws(PluginError) {
            return try outcome.description("p.so").name
        } catch {
            return error.description
        }
    }

    private let good =
        #"{"description":{"structSize":128,"abi":[0,1],"name":"n","version":"1","summary":"","toolchain":"c","permissions":0,"requires":[],"create":true}}"#

    @Test func everyEndHasItsOwnLine() {
        #expect(text { $0.end = .failed("no such file") }.contains("could not be inspected: no such file"))
        #expect(text { $0.end = .tooSlow(limit: 5_000_000_000) }.contains("within 5000 ms"))
        #expect(text { _ in }.contains("does not end"))
        #expect(text { $0.end = .killed(signal: 35) }.contains("crashes (signal 35)"))
        #expect(text { $0.end = .exited(status: 3) }.contains("status 3"))
        #expect(
            text { outcome in
                outcome.end = .killed(signal: 5)
                outcome.append(Array("Fatal error: oh no\n  \n".utf8), stream: 2)
            }.contains("crashes (SIGTRAP): Fatal error: oh no;"))
        #expect(
            text { outcome in
                outcome.end = .exited(status: 0)
                outcome.append(Array(good.utf8), stream: 1)
            } == "n")
        #expect(
            text { outcome in
                outcome.end = .exited(status: 0)
                outcome.append(Array(#"{"error":["what","how"]}"#.utf8), stream: 1)
            } == "p.so: what; how")
        #expect(
            text { outcome in
                outcome.end = .exited(status: 0)
                outcome.append(Array(#"{"description":{}}"#.utf8), stream: 1)
            }.contains("gave no answer"))
    }

    @Test func whatIsKeptOfItsOutputIsBounded() {
        var outcome = InspectionOutcome()
        for _ in 0..<100 {
            outcome.append(Array(repeating: 0x20, count: 64 << 10), stream: 1)
            outcome.append(Array(repeating: 0x20, count: 64 << 10), stream: 2)
        }
        #expect(outcome.output.count == InspectionOutcome.mostOutput && outcome.complaints.count == InspectionOutcome.mostComplaints)
    }
}
