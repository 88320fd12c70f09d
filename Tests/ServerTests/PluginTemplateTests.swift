import Testing

@testable import Server

@Suite struct PluginTemplateTests {
    private func template(_ name: String, _ language: PluginLanguage = .swift) -> PluginTemplate {
        PluginTemplate(
            name: name, language: language, folder: "/f", ambit: "/p/bin/ambit", sdk: "/p/share/ambit/sdk", include: "/p/include")
    }

    @Test(
        arguments: [
            ("weather", "WeatherPlugin"), ("log-search2", "LogSearch2Plugin"), ("my-plugin", "MyPlugin"), ("plugin", "PluginPlugin"),
            // Names of the SDK: its module, its protocol.
            ("ambit", "AmbitItselfPlugin"), ("ambit-plugin", "AmbitPluginPlugin"), ("a--b", "ABPlugin"),
        ]) func theModuleIsNoneOfTheSDKs(_ name: String, _ type: String)
    {
        #expect(template(name).type == type)
    }

    @Test func placeholdersAreFilledInAndOtherTextStays() {
        let filled = template("log-search").fill("@NAME@ @TOOL@_x lib@TYPE@.so @c(x) a@b @NAME")
        #expect(filled == "log-search log_search_x libLogSearchPlugin.so @c(x) a@b @NAME")
        #expect(template("x", .c).fill("-o $@ @LIBRARY@ -I@INCLUDE@") == "-o $@ libx.so -I/p/include")
    }

    @Test func filesLoseTheirSuffix() {
        #expect(template("x").destination(of: "Sources/@TYPE@/@TYPE@.swift.in") == "Sources/XPlugin/XPlugin.swift")
        #expect(template("x").destination(of: "gitignore.in") == ".gitignore")
    }

    @Test(arguments: ["/a b/c", "/a-1/ü"]) func pathsThatFit(_ path: String) { #expect(PluginTemplate.problem(withPath: path) == nil) }

    @Test(arguments: ["/a'b", "/a\"", "/$HOME", "/a\nb", "/a#b", "/a:b"]) func pathsThatNoQuotingFits(_ path: String) {
        #expect(PluginTemplate.problem(withPath: path)?.contains("choose another folder") == true)
    }
}
