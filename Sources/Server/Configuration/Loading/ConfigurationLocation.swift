/// Which file is read. It names code to load, so that one that merely lies in the current folder is never taken.
enum ConfigurationLocation: Equatable {
    /// `--config` or AMBIT_CONFIG: it must be there.
    case named(String)
    /// The user's own; it may be missing.
    case user(String)
    /// Asked for, or there is no home.
    case none

    /// What says that no file is to be read.
    static let nothing = "none"

    init(_ sources: ConfigurationSources) {
        if let path = sources.file ?? sources.environment["AMBIT_CONFIG"] {
            self = path == Self.nothing ? .none : .named(path)
        } else if let path = Self.userFile(sources.environment) {
            self = .user(path)
        } else {
            self = .none
        }
    }

    /// `$XDG_CONFIG_HOME/ambit/ambit.yaml`, else below `~/.config`.
    static func userFile(_ environment: [String: String]) -> String? {
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return "\(folder)/ambit/ambit.yaml" }
        if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.config/ambit/ambit.yaml" }
        return nil
    }
}
