internal import JSON
internal import MCP

/// What a configuration demands of a plugin.
extension PluginSpec {
    func checkPin(_ found: PluginPin) throws(PluginError) {
        guard let pin, pin != found else { return }
        throw PluginError(
            path: path, what: "its hash is \(found), but \(pin) is pinned", howToMend: "if the change is wanted, pin the new hash")
    }

    /// A plugin of another name than the configured one would get that one's configuration.
    func checkName(_ found: String) throws(PluginError) {
        guard let name, name != found else { return }
        throw PluginError(
            path: path, what: "its name is '\(found)', the configuration calls it '\(name)'", howToMend: "give it its own name there")
    }

    /// Checks a configuration, which is a JSON object, against the schema of the plugin's descriptor; without one there is nothing to check.
    ///
    /// Values are not quoted: they may be secrets.
    func checkConfig(_ configSchema: JSONValue?) throws(PluginError) {
        guard let configSchema else { return }
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
