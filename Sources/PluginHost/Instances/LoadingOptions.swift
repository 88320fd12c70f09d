/// How plugins get into this process (A14).
package struct LoadingOptions: Sendable {
    /// Folder of the private cache; nil: `$XDG_CACHE_HOME/ambit/plugins`, or below `~/.cache`.
    package var cache: String?
    /// Folders whose files are as trustworthy as this program, because it lies there itself: who could exchange them could exchange it.
    /// Without links.
    package var trustedFolders: [String] = []
    /// An `ambit` that looks at plugins in a process of its own first; nil: they are not looked at, which is for tests.
    package var inspector: String?
    /// Of the host; what an inspection found out counts for this version only.
    package var version = ""
    /// How long loading the library may take in the process that looks at it, nanoseconds.
    package var inspectionLimit: Int64 = 5_000_000_000
    /// How long `create` and `activate` may take each, nanoseconds.
    package var startLimit: Int64 = 10_000_000_000

    package init() {}
}
