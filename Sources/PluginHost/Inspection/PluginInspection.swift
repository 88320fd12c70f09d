internal import CAmbit
internal import JSON

/// What `ambit plugin inspect` says of a plugin.
package struct PluginInspection: Sendable {
    package let path: String
    var isFolder = false
    /// The file that is loaded.
    var library = ""
    /// What a configuration would pin.
    package internal(set) var pin: PluginPin?
    /// Who else could change it.
    var distrust: String?
    /// Names beyond the entry; nil where the file does not tell.
    var exports: [String]?
    var description: PluginDescription?
    /// Why this host would not load it.
    package internal(set) var error: PluginError?

    init(path: String) { self.path = path }

    /// Names that two plugins may both export are a trap as soon as one loads libraries globally. Those of Swift have their module in them, and
    /// are a matter of size.
    private var exportsWarning: String? {
        guard let exports, !exports.isEmpty, !isSwift else { return nil }
        let first = exports.prefix(3).joined(separator: ", ")
        return "it exports \(exports.count) names beyond \(AMBIT_PLUGIN_ENTRY_SYMBOL) (\(first)\(exports.count > 3 ? ", …" : "")); "
            + "link with a version script that keeps them local"
    }

    private var exportsNote: String? {
        guard let exports, !exports.isEmpty, isSwift else { return nil }
        return "it exports its Swift names, too; `ambit plugin new` shows how not to (exports.map)"
    }

    private var isSwift: Bool { description?.toolchain.hasPrefix("swift") ?? false }

    /// For people.
    package var text: String {
        var lines: [(String, String)] = []
        if let description, description.isForThisABI {
            lines.append(("plugin", "\(description.name) \(description.version): \(description.summary)"))
        }
        lines.append(("file", isFolder && !library.isEmpty ? "\(path) (\(library))" : path))
        if let pin { lines.append(("pin", "\(pin)")) }
        if let description {
            let major = "\(description.abiMajor).\(description.abiMinor)"
            lines.append(("ABI", description.isForThisABI ? major : "\(major); this host has \(AMBIT_ABI_MAJOR).\(AMBIT_ABI_MINOR)"))
            if description.isForThisABI {
                let isOther = description.toolchain.hasPrefix("swift") && description.toolchain != HostToolchain.name
                lines.append(
                    ("toolchain", isOther ? "\(description.toolchain); this host has \(HostToolchain.name)" : description.toolchain))
                lines.append(("permissions", Self.list(description.permissionNames)))
                lines.append(("requires", Self.list(description.requires)))
                if let schema = description.configSchema {
                    lines.append(("configuration", String(decoding: schema.compact, as: UTF8.self)))
                }
            }
        }
        lines.append(("writable by", distrust ?? "nobody else"))
        if let exportsWarning { lines.append(("warning", exportsWarning)) }
        if let exportsNote { lines.append(("note", exportsNote)) }
        lines.append(("verdict", error.map { "not loaded: \($0)" } ?? "this host loads it"))
        return lines.map { name, value in "\(name)\(String(repeating: " ", count: 15 - name.utf8.count))\(value)\n" }.joined()
    }

    private static func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }

    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("path")
        writer.string(path)
        writer.key("folder")
        writer.bool(isFolder)
        if !library.isEmpty {
            writer.key("library")
            writer.string(library)
        }
        if let pin {
            writer.key("pin")
            writer.string("\(pin)")
        }
        if let description {
            writer.key("descriptor")
            writer.beginObject()
            description.write(to: &writer)
            writer.key("permissionNames")
            writer.beginArray()
            for name in description.permissionNames { writer.string(name) }
            writer.endArray()
            writer.endObject()
        }
        writer.key("host")
        writer.beginObject()
        writer.key("abi")
        writer.beginArray()
        writer.uint(UInt64(AMBIT_ABI_MAJOR))
        writer.uint(UInt64(AMBIT_ABI_MINOR))
        writer.endArray()
        writer.key("toolchain")
        writer.string(HostToolchain.name)
        writer.endObject()
        if let distrust {
            writer.key("writableByOthers")
            writer.string(distrust)
        }
        if let exports {
            writer.key("furtherExports")
            writer.int(exports.count)
        }
        writer.key("warnings")
        writer.beginArray()
        if let exportsWarning { writer.string(exportsWarning) }
        writer.endArray()
        writer.key("loads")
        writer.bool(error == nil)
        if let error {
            writer.key("error")
            writer.string("\(error)")
        }
        writer.endObject()
        return writer.bytes
    }
}
