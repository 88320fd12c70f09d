import Foundation
import JSON
import MCP
import Testing

/// The vectors of `vectors/json-schema` for 2020-12, and what they are run with.
struct SchemaVectors {
    static let shared: URL = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return ProcessInfo.processInfo.environment["AMBIT_SHARED"].map { URL(fileURLWithPath: $0) }
            ?? root.deletingLastPathComponent().appendingPathComponent("shared")
    }()

    static let folder = shared.appendingPathComponent("vectors/json-schema/tests/draft2020-12")
    static let arePresent = FileManager.default.fileExists(atPath: folder.path)
    static let absence: Comment =
        "the vectors are not at ../shared/vectors/json-schema; set AMBIT_SHARED to the folder that holds vectors/"

    /// Names of the files directly in a folder below the vectors' own.
    static func files(_ below: String) -> [String] {
        let path = folder.appendingPathComponent(below).path
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0.hasSuffix(".json") }.sorted()
            .map { below.isEmpty ? $0 : below + "/" + $0 }
    }

    /// Documents that the vectors refer to, by the URI that they are said to have.
    static let remotes: [String: JSONValue] = {
        let folder = shared.appendingPathComponent("vectors/json-schema/remotes")
        var remotes: [String: JSONValue] = [:]
        for case let file as String in FileManager.default.enumerator(atPath: folder.path) ?? .init() where file.hasSuffix(".json") {
            guard let data = try? Data(contentsOf: folder.appendingPathComponent(file)),
                let document = try? JSONDocument([UInt8](data))
            else { continue }
            remotes["http://localhost:1234/" + file] = document.root
        }
        return remotes
    }()

    /// What came of the files.
    struct Outcome {
        var groups = 0
        var tests = 0
        /// Tests with another result than they ask for, as `file: group: test`, and why.
        var failed: [(name: String, why: String)] = []

        func summary(_ title: String) -> String { "\(title): \(tests - failed.count) of \(tests) tests in \(groups) groups" }
    }

    static func run(_ files: [String], assertFormats: Bool = false) throws -> Outcome {
        var outcome = Outcome()
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(file)))
            for group in try JSONDocument(bytes).root.elements {
                outcome.groups += 1
                try run(group, file, assertFormats, &outcome)
            }
        }
        return outcome
    }

    private static func run(_ group: JSONValue, _ file: String, _ assertFormats: Bool, _ outcome: inout Outcome) throws {
        let title = "\(file): \(group["description"]?.string ?? "")"
        let schema = try #require(group["schema"])
        let compiled = Result { () throws(SchemaError) in
            try Schema.compile(schema, assertFormats: assertFormats, documents: remotes)
        }
        for test in try #require(group["tests"]).elements {
            outcome.tests += 1
            let name = "\(title): \(test["description"]?.string ?? "")"
            let data = try #require(test["data"])
            switch compiled {
            case .failure(let error): outcome.failed.append((name, "\(error)"))
            case .success(let schema):
                let failures = schema.failures(of: data, atMost: 8)
                let isRight = failures.isEmpty == (test["valid"]?.bool == true) && !failures.contains(where: \.isLimit)
                if !isRight { outcome.failed.append((name, failures.first?.description ?? "it was accepted")) }
            }
        }
    }
}
