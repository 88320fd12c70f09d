internal import AmbitPlugin
internal import JSON

extension AmbitPlugin.JSON {
    /// What the host has scanned, as a value of the SDK.
    init(_ value: JSONValue) {
        let text = String(decoding: value.compact, as: UTF8.self)
        // The host's scanner is as strict as the SDK's, so this doesn't fail; if it did, the text would show it.
        self = (try? AmbitPlugin.JSON(parsing: text)) ?? .raw(text)
    }
}
