import JSON
import MCP

/// A schema and a value, as the members of one array: compiled within its limits, and decided twice alike.
enum SchemaTarget {
    static func run(_ bytes: [UInt8]) {
        guard let root = try? JSONDocument(bytes).root, let source = root[0], let value = root[1],
            let schema = try? Schema.compile(source, assertFormats: root.count % 2 == 0)
        else { return }
        let failure = schema.validate(value)
        let all = schema.failures(of: value, atMost: 8)
        expect((failure == nil) == all.isEmpty, "one failure or many: it fails or it does not")
        expect(all.count <= 8, "no more failures than asked for")
        for failure in all { expect(!failure.message.isEmpty, "a failure says why") }
    }
}
