import Testing

@testable import Server

@Suite struct SecretReferencesTests {
    private let folder = TemporaryFolder()
    private var references: SecretReferences { SecretReferences(environment: ["KEY": "from the variable"]) }

    @Test func fillsInFilesAndVariables() throws {
        let path = try folder.write("secret", "from the file\r\n\n")
        let resolved = try references.resolve("a ${env:KEY}, ${file:\(path)} z")
        #expect(resolved == .init(text: "a from the variable, from the file z", secrets: ["from the variable", "from the file"]))
    }

    @Test(arguments: [("plain", "plain"), ("$5 and $", "$5 and $"), ("$${env:KEY}", "${env:KEY}"), ("", "")])
    func leavesTheRest(_ text: String, _ expected: String) throws {
        #expect(try references.resolve(text) == .init(text: expected))
    }

    @Test(
        arguments: [
            ("${env:NOPE}", "NOPE is not set"), ("${file:/nonexistent/x}", "No such file"), ("${file:relative}", "must begin with /"),
            ("${HOME}", "neither"), ("${env:KEY", "not closed"), ("${file:/}", "not a file"), ("${file:/dev/null}", "not a file"),
        ]) func saysWhatIsMissing(_ text: String, _ why: String)
    {
        #expect { try references.resolve(text) } throws: { ($0 as? SecretReferences.Failure)?.text.contains(why) == true }
    }

    @Test func refusesFilesThatAreNoSecret() throws {
        for (content, why) in [("", "empty"), ("\n", "empty"), (String(repeating: "x", count: SecretReferences.largest + 1), "larger")] {
            let path = try folder.write("file", content)
            #expect { try references.resolve("${file:\(path)}") } throws: {
                ($0 as? SecretReferences.Failure)?.text.contains(why) == true
            }
        }
    }
}
