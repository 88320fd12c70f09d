import Testing

@testable import PluginHost

/// A plugin's configuration against the schema in its descriptor, and the schemas of its tools.
@Suite struct ConfigurationTests {
    private static let schema =
        #"CONFIG_SCHEMA="{\"type\":\"object\",\"properties\":{\"port\":{\"type\":\"integer\",\"minimum\":1},\"token\":{\"type\":\"string\","#
        + #"\"minLength\":9}},\"required\":[\"port\"],\"additionalProperties\":false}""#

    private func failure(_ fixture: Fixture, _ test: TestHost, config: String) -> String? {
        do throws(PluginError) {
            _ = try test.host.load(path: fixture.path, config: Array(config.utf8))
            return nil
        } catch {
            #expect(error.description.hasPrefix(fixture.path))
            #expect(!error.description.contains("\n"))
            return error.description
        }
    }

    @Test func aConfigurationThatBreaksItsSchemaIsRefusedWithPathAndRuleBeforeThePluginIsCreated() throws {
        let test = TestHost()
        let fixture = try Fixture(Self.schema)
        let missing = try #require(failure(fixture, test, config: "{}"))
        #expect(missing.contains("`port` is missing, it is required: an integer of at least 1 (#/required)"))
        let wrong = try #require(failure(fixture, test, config: #"{"port":0,"token":"hunter2","prot":1}"#))
        #expect(wrong.contains("`port` must be an integer of at least 1, it is another number (#/properties/port/minimum)"))
        #expect(wrong.contains("`token` must be a string of at least 9 characters, it has 7 characters"))
        #expect(wrong.contains("`prot` is not allowed; allowed here: `port`, `token`"))
        #expect(!wrong.contains("hunter2"))
        #expect(test.host.catalog.tools().isEmpty)
        #expect(failure(fixture, test, config: #"{"port":1}"#) == nil)
        #expect(fixture.counter(.created) == 1)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func schemasThatCannotBeUsedAreRefusedWhereTheyAreWrong() throws {
        let test = TestHost()
        let config = try Fixture(#"CONFIG_SCHEMA="{\"minimum\":\"1\"}""#)
        let text = try #require(failure(config, test, config: "{}"))
        #expect(text.contains("its descriptor.config_schema can't be used: #/minimum: minimum must be a number"))
        let tools = try #require(failure(try Fixture("UNUSABLE_SCHEMA"), test, config: "{}"))
        #expect(tools.contains("its tool 'echo_inline' is wrong: inputSchema can't be used: #/properties/port/type: type names \"strnig\""))
        #expect(test.host.catalog.tools().isEmpty)
        test.shutdown()
        #expect(test.leftovers == [])
    }
}
