import JSON
import YAML

extension YAMLNode {
    /// As JSON: order and number text are kept. Texts with secrets become what `text` makes of them.
    ///
    /// - Parameters:
    ///   - path: of this value, for `text`.
    ///   - text: what to write for a string; gets its path and line.
    func write<Failure>(
        _ writer: inout JSONWriter, path: String, text: (String, _ path: String, _ line: Int) throws(Failure) -> String
    ) throws(Failure) {
        switch self {
        case .scalar(let value, let isPlain, let line):
            switch isPlain ? YAMLScalar(plain: value) : .text {
            case .null: writer.null()
            case .bool(let value): writer.bool(value)
            case .number(let number): writer.raw(number.utf8)
            case .text: writer.string(try text(value, path, line))
            }
        case .sequence(let elements, _):
            writer.beginArray()
            for (index, element) in elements.enumerated() { try element.write(&writer, path: "\(path)[\(index)]", text: text) }
            writer.endArray()
        case .mapping(let members, _):
            writer.beginObject()
            for member in members {
                writer.key(escaping: member.key)
                try member.value.write(&writer, path: "\(path).\(member.key)", text: text)
            }
            writer.endObject()
        case .refused: writer.null()
        }
    }
}
