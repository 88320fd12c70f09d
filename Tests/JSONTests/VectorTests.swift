import Foundation
import JSON
import Testing

/// The files of `vectors/json-parsing`: `y_` must be accepted, `n_` refused, `i_` is our choice but never a crash.
struct VectorTests {
    static let folder: URL = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let shared =
            ProcessInfo.processInfo.environment["AMBIT_SHARED"].map { URL(fileURLWithPath: $0) }
            ?? root.deletingLastPathComponent().appendingPathComponent("shared")
        return shared.appendingPathComponent("vectors/json-parsing/test_parsing")
    }()

    static let files: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".json") }
        .sorted()

    static let present: Comment =
        "the vectors are not at ../shared/vectors/json-parsing; set AMBIT_SHARED to the folder that holds vectors/"

    private func isAccepted(_ file: String) throws -> Bool {
        let bytes = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(file)))
        do {
            _ = try JSONDocument(bytes)
            return true
        } catch {
            #expect((0...bytes.count).contains(error.offset), "\(file): \(error)")
            return false
        }
    }

    @Test(.enabled(if: !files.isEmpty, present))
    func `every y_ vector is accepted and every n_ vector is refused`() throws {
        var seen = (y: 0, n: 0, i: 0)
        for file in Self.files {
            let accepted = try isAccepted(file)
            switch file.prefix(2) {
            case "y_":
                seen.y += 1
                #expect(accepted, "\(file) must be accepted")
            case "n_":
                seen.n += 1
                #expect(!accepted, "\(file) must be refused")
            default: seen.i += 1
            }
        }
        #expect(seen.y >= 95 && seen.n >= 187 && seen.i >= 35, "the set is not whole: \(seen)")
    }

    @Test(.enabled(if: !files.isEmpty, present))
    func `what is accepted is accepted again in compact form, with the same tape`() throws {
        for file in Self.files {
            let bytes = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(file)))
            guard let document = try? JSONDocument(bytes) else { continue }
            let compact = document.root.compact
            let again = try JSONDocument(compact)
            #expect(again.root.compact == compact, "\(file)")
            #expect(shape(again.root) == shape(document.root), "\(file)")
        }
    }

    @Test(.enabled(if: !files.isEmpty, present))
    func `an accepted document means the same to Foundation`() throws {
        for file in Self.files where file.hasPrefix("y_") {
            let data = try Data(contentsOf: Self.folder.appendingPathComponent(file))
            let document = try JSONDocument([UInt8](data))
            // Foundation refuses duplicate keys' order and some numbers; where it reads, counts must agree.
            guard let theirs = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) else {
                continue
            }
            if let array = theirs as? [Any] { #expect(document.root.count == array.count, "\(file)") }
            if let text = theirs as? String { #expect(document.root.string == text, "\(file)") }
        }
    }
}
