/// Which AMBIT_ variables there are.
enum EnvironmentNames {
    /// Beside those of the settings.
    private static let further: Set = ["AMBIT_CONFIG", "AMBIT_RUNTIME_DIR", "AMBIT_TOKEN", "AMBIT_URL"]
    /// Those of the project's own scripts and builds: they may be set where a server is started.
    private static let ofScripts: Set = [
        "AMBIT_ASAN", "AMBIT_BIN", "AMBIT_LAUNCHER", "AMBIT_MCP_SCHEMAS", "AMBIT_SCRATCH", "AMBIT_SEED", "AMBIT_SERVE_ARGS", "AMBIT_SOAK",
        "AMBIT_SUBSET", "AMBIT_TIME_FACTOR", "AMBIT_TSAN",
    ]

    /// A line for each variable that looks like one of ours and is none.
    static func warnings(_ environment: [String: String]) -> [String] {
        let known = SettingTable.all.map(\.variable) + further
        let unknown = environment.keys.filter { name in
            name.hasPrefix("AMBIT_") && !known.contains(name) && !ofScripts.contains(name) && !isOfTests(name)
        }
        return unknown.sorted().map { name in
            let nearest = NearestName.of(name, among: known).map { "; did you mean \($0)?" } ?? ""
            return "unknown variable \(name)\(nearest)"
        }
    }

    private static func isOfTests(_ name: String) -> Bool {
        #if AMBIT_FAULTS
            name == "AMBIT_FAULT" || name.hasPrefix("AMBIT_TEST_")
        #else
            name.hasPrefix("AMBIT_TEST_")
        #endif
    }
}
