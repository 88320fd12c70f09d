/// Settings that belong together, under one heading of file and documentation.
package struct SettingGroup: Sendable {
    package let title: String
    package let settings: [SettingDefinition]
}
