internal import CLinux
internal import JSON

/// What runs in the process that looks at a plugin first: a crash here costs nothing but this process.
package enum InspectionWorker {
    /// Loads a library and writes what its descriptor says to a descriptor, as one JSON object: `{"description":…}` or `{"error":…}`.
    ///
    /// - Parameter output: the caller's; nothing of the plugin knows it.
    package static func run(library: String, output: Int32) {
        var writer = JSONWriter()
        writer.beginObject()
        do throws(PluginError) {
            let description = PluginDescription(try PluginLibrary(library, path: library).descriptor)
            writer.key("description")
            writer.raw(description.json)
        } catch {
            writer.key("error")
            writer.beginArray()
            writer.string(error.what)
            writer.string(error.howToMend)
            writer.endArray()
        }
        writer.endObject()
        var sent = 0
        while sent < writer.bytes.count {
            let count = writer.bytes.withUnsafeBytes { ambit_linux_write(output, $0.baseAddress! + sent, $0.count - sent) }
            guard count > 0 else { return }
            sent += count
        }
    }
}
