internal import AmbitPlugin

/// `scripts` of composer.json, and Laravel's server.
enum ComposerJSON {
    static func scripts(_ folder: ProjectFolder) -> [Script] {
        var scripts: [Script] = []
        if let text = folder.text("composer.json"), let root = try? JSON(parsing: text), case .object(let members)? = root["scripts"] {
            scripts = members.members.filter { !isEvent($0.key) }.map { name, value in
                Script(name, in: "composer.json", ["composer", "run-script", name], summary: value.string)
            }
        }
        if folder.has("artisan") { scripts.append(Script("serve", in: "artisan", ["php", "artisan", "serve"])) }
        return scripts
    }

    /// Composer runs these by itself.
    private static func isEvent(_ name: String) -> Bool {
        (name.hasPrefix("pre-") || name.hasPrefix("post-"))
            && (name.hasSuffix("-cmd") || name.hasSuffix("-install") || name.hasSuffix("-dump")
                || name.hasSuffix("-package") || name.hasSuffix("-update"))
    }
}
