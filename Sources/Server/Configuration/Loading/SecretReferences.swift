import CLinux
import Glibc

/// `${file:/path}` and `${env:NAME}` inside texts of a configuration. `$${` stands for `${`.
struct SecretReferences {
    /// A secret that can't be had, or a reference that is none.
    struct Failure: Error, Equatable {
        let text: String
    }

    /// A text with its secrets filled in.
    struct Resolved: Equatable {
        var text = ""
        /// The secrets that it holds.
        var secrets: [String] = []
    }

    static let largest = 64 << 10
    let environment: [String: String]

    func resolve(_ text: String) throws(Failure) -> Resolved {
        var result = Resolved()
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result.text += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                result.text += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else {
                    throw Failure(text: "'\(rest.prefix(24))' is not closed; write $${ where you mean ${")
                }
                let secret = try secret(String(rest[rest.index(rest.startIndex, offsetBy: 2)..<end]))
                result.text += secret
                result.secrets.append(secret)
                rest = rest[rest.index(after: end)...]
            } else {
                result.text += "$"
                rest = rest.dropFirst()
            }
        }
        result.text += rest
        return result
    }

    private func secret(_ reference: String) throws(Failure) -> String {
        if reference.hasPrefix("env:") {
            let name = String(reference.dropFirst(4))
            guard let value = environment[name] else { throw Failure(text: "${\(reference)}: the variable \(name) is not set") }
            return value
        }
        if reference.hasPrefix("file:") { return try file(String(reference.dropFirst(5))) }
        throw Failure(text: "${\(reference)} is neither ${file:/path} nor ${env:NAME}; write $${ where you mean ${")
    }

    /// Its text, without the newline that editors put at the end.
    private func file(_ path: String) throws(Failure) -> String {
        guard path.hasPrefix("/") else { throw Failure(text: "${file:\(path)}: the path must begin with /") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw Failure(text: "${file:\(path)}: it can't be read: \(String(cString: strerror(errno)))")
        }
        defer { _ = ambit_linux_close(descriptor) }
        var facts = ambit_linux_file_facts()
        guard ambit_linux_fd_facts(descriptor, &facts) == 0, facts.kind == AMBIT_LINUX_KIND_FILE else {
            throw Failure(text: "${file:\(path)}: it is not a file")
        }
        guard var bytes = SmallFile.read(descriptor, atMost: Self.largest) else {
            throw Failure(text: "${file:\(path)}: it can't be read, or is larger than \(ByteCountText.write(Self.largest))")
        }
        while bytes.last == UInt8(ascii: "\n") || bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty, !text.utf8.contains(0) else {
            throw Failure(text: "${file:\(path)}: it is empty, or not UTF-8 text")
        }
        return text
    }
}
