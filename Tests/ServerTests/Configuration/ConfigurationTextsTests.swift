import Glibc
import PluginHost
import Testing

@testable import Server

/// Documentation and example are made from the table, and say nothing else.
@Suite struct ConfigurationTextsTests {
    private let folder = TemporaryFolder()

    @Test func theExampleIsTheDefaults() throws {
        let path = try folder.write("ambit.yaml", ExampleConfiguration.text)
        let loaded = ConfigurationLoader.load(.serve, ConfigurationSources(environment: [:], file: path))
        #expect(loaded.problems == [])
        #expect(loaded.settings.allSatisfy { !$0.isChanged })
    }

    @Test func theExampleWithoutItsCommentMarksIsTheDefaultsToo() throws {
        var text = ""
        for line in ExampleConfiguration.text.split(separator: "\n") {
            // Notes have one blank after the mark; settings have none, and what is below them at least two.
            if line.hasPrefix("#"), !line.hasPrefix("# ") || line.hasPrefix("#  ") { text += line.dropFirst() + "\n" }
        }
        text.replace("${file:/run/secrets/weather}", with: "x")
        let path = try folder.write("ambit.yaml", text)
        let loaded = ConfigurationLoader.load(.serve, ConfigurationSources(environment: [:], file: path))
        #expect(loaded.problems == [])
        #expect(loaded.settings.allSatisfy { !$0.isChanged })
        #expect(loaded.settings.filter { $0.source != .standard }.count == SettingTable.all.compactMap(\.key).count)
        let weather = loaded.configuration.plugins.map(\.spec).first { $0.name == "weather" }
        #expect(weather?.path == "\(folder.path)/plugins/libweather.so")
    }

    /// With AMBIT_TEST_WRITE_DOCS set it writes them instead.
    @Test func theDocumentationHasTheTables() throws {
        let path = #filePath.split(separator: "/").dropLast(4).map { "/\($0)" }.joined() + "/docs/configuration.md"
        let text = try #require(Self.read(path))
        let begin = "<!-- settings: made from the table in Sources/Server/Configuration/Settings by ConfigurationTextsTests -->\n\n"
        let end = "<!-- end of settings -->"
        let parts = text.split(separator: begin, maxSplits: 1).map(String.init)
        try #require(parts.count == 2)
        let rest = try #require(parts[1].firstRange(of: end))
        let expected = parts[0] + begin + SettingDocumentation.markdown + parts[1][rest.lowerBound...]
        if getenv("AMBIT_TEST_WRITE_DOCS") != nil {
            let file = try #require(fopen(path, "w"))
            defer { fclose(file) }
            fputs(expected, file)
        } else {
            #expect(text == expected, "run AMBIT_TEST_WRITE_DOCS=1 swift test --filter ConfigurationTextsTests")
        }
    }

    private static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return SmallFile.read(descriptor, atMost: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
    }
}
