internal import JSON
internal import MCP

extension PluginHost {
    /// Checks a configuration, which is a JSON object, against the schema of the plugin's descriptor; without one there is nothing to check.
    ///
    /// Values are not quoted: they may be secrets.
    static func check(_ config: [UInt8], of facts: PluginFacts, _ path: String) throws(PluginError) {
        guard let configSchema = facts.configSchema else { return }
        let schema: Schema
        do throws(SchemaError) {
            schema = try Schema.compile(configSchema)
        } catch {
            throw PluginError(
                path: path, what: "its descriptor.config_schema can't be used: \(error.path): \(error.what)",
                howToMend: error.howToMend.isEmpty ? "mend the descriptor" : error.howToMend)
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONDocument(config).root
        } catch {
            throw PluginError(path: path, what: "its configuration is not JSON: \(error)", howToMend: "mend the configuration")
        }
        let failures = schema.failures(of: value, atMost: 3, showingValues: false)
        guard !failures.isEmpty else { return }
        throw PluginError(
            path: path, what: "its configuration is wrong: \(failures.map(\.description).joined(separator: "; "))",
            howToMend: "mend the configuration")
    }
}
