import PluginHost
import Testing
import Transport

@testable import Server

@Suite struct ConfigurationLoaderTests {
    private let folder = TemporaryFolder()

    private func load(
        _ text: String? = nil, flags: [String: [String]] = [:], environment: [String: String] = [:], program: ProgramKind = .serve
    ) throws -> LoadedConfiguration {
        let path = try text.map { try folder.write("ambit.yaml", $0) }
        return ConfigurationLoader.load(
            program, ConfigurationSources(flags: flags, environment: environment, file: path ?? ConfigurationLocation.nothing))
    }

    private func problems(_ text: String, environment: [String: String] = [:]) throws -> [String] {
        try load(text, environment: environment).problems.map {
            $0.description.replacing("\(folder.path)/", with: "")
        }
    }

    // MARK: - Precedence

    @Test func theNearestWins() throws {
        let file = "port: 1001\nmax-calls: 11\nmax-sessions: 21\n"
        let loaded = try load(
            file, flags: ["port": ["1003"]], environment: ["AMBIT_PORT": "1002", "AMBIT_MAX_CALLS": "12"])
        #expect(loaded.problems == [])
        let configuration = loaded.configuration
        #expect([configuration.port, configuration.limits.calls, configuration.limits.sessions.all] == [1003, 12, 21])
        #expect(configuration.limits.streams == EngineLimits().streams)
        func source(_ name: String) -> SettingSource? { loaded.settings.first { $0.definition.name == name }?.source }
        #expect(source("port") == .flag("port"))
        #expect(source("max-calls") == .variable("AMBIT_MAX_CALLS"))
        #expect(source("max-sessions") == .file("\(folder.path)/ambit.yaml", line: 3))
        #expect(source("max-streams") == .standard)
    }

    @Test func listsComeWholeFromOneSource() throws {
        let file = "allowed-hosts: [a.example, 'b.example:80']\nallowed-origins: https://one.example\n"
        let environment = ["AMBIT_ALLOWED_ORIGINS": "https://two.example, https://three.example,"]
        let loaded = try load(file, flags: ["allowed-hosts": ["c.example"]], environment: environment)
        #expect(loaded.configuration.allowedHosts == ["c.example"])
        #expect(loaded.configuration.allowedOrigins == ["https://two.example", "https://three.example"])
        #expect(try load(file).configuration.allowedHosts == ["a.example", "b.example:80"])
        #expect(try load(file).configuration.allowedOrigins == ["https://one.example"])
    }

    @Test func defaultsDependOnTheProgram() throws {
        #expect(try ProgramKind.allCases.map { try load(program: $0).configuration.logLevel } == ["info", "notice", "warning"])
        // What another program takes is no error in a file that they share.
        #expect(try load("port: 1\nsession-idle: 1h\n", program: .stdio).problems == [])
    }

    @Test func valuesHaveUnits() throws {
        let loaded = try load(
            "max-body: 64KiB\nsession-idle: 90m\ndetach-grace: 0\ncall-rate: 2.5\ndefault-plugins: no\nlog-level: DEBUG\n")
        #expect(loaded.problems == [])
        #expect(loaded.configuration.streamLimits.body == 65536)
        #expect(loaded.configuration.limits.sessionIdle == 5_400_000_000_000)
        #expect(loaded.configuration.limits.callRate == 2.5)
        #expect(!loaded.configuration.defaultPlugins)
        #expect(loaded.configuration.logLevel == "debug")
    }

    // MARK: - What is wrong

    @Test(
        arguments: [
            ("\n\nsesion-idle: 5m\n", "unknown key 'sesion-idle' at ambit.yaml:3; did you mean 'session-idle'?"),
            ("port: 70000\n", "'port' (ambit.yaml:1) is '70000'; expected a number from 0 to 65535"),
            ("max-body: 12\n", "'max-body' (ambit.yaml:1) is '12'; expected a size like 64KiB or 1MiB, from 1KiB to 1GiB"),
            ("session-idle:\n", "'session-idle' at ambit.yaml:1 is empty; expected a duration"),
            ("host: [a]\n", "'host' at ambit.yaml:1 is a list; expected a text"),
            ("allowed-hosts: [{a: 1}]\n", "'allowed-hosts[0]' at ambit.yaml:1 is a mapping; expected a text"),
            (
                "allowed-hosts:\n  - a\n  - b c\n",
                "'allowed-hosts' (ambit.yaml:3) has 'b c', which is no name of a server; expected name or"
            ),
            (
                "allowed-origins:\n  - https://a\n  - b\n",
                "'allowed-origins' (ambit.yaml:3) has 'b', which is no origin of a page; expected https"
            ),
            ("\nhost: 0.0.0.0\n", "'host' (ambit.yaml:2) is '0.0.0.0', beyond this machine, which needs TLS"),
            ("\ntls-key: /k\n", "'tls-key' (ambit.yaml:2) needs 'tls-certificate'"),
            ("\nauth-issuer: https://a\n", "'auth-issuer' (ambit.yaml:2) needs 'auth-keys': a file"),
            ("auth-keys: /k\nauth-issuer: https://a b\n", "'auth-issuer' (ambit.yaml:2) is 'https://a b'; expected a URL"),
            (
                "auth-keys: /k\nauth-issuer: https://a\nauth-scopes:\n  - a\n  - b c\n",
                "'auth-scopes' (ambit.yaml:5) has 'b c', which is no scope; expected printable ASCII"
            ),
            (
                "auth-keys: /k\nauth-issuer: https://a\nauth-tools:\n  x: [a]\n  y:\n    - a\n    - b c\n",
                "'auth-tools.y' at ambit.yaml:7 has 'b c'; expected one scope in each element"
            ),
            ("auth-operator-scopes: [ops]\n", "'auth-operator-scopes' (ambit.yaml:1) needs 'auth-issuer'"),
            ("task-after: 2h\n", "'task-after' (ambit.yaml:1) is 2h; expected no more than 'task-ttl' (1h)"),
            ("\ntask-ttl: 100ms\n", "'task-ttl' (ambit.yaml:2) is 100ms; expected no less than 'task-after' (250ms)"),
            ("port: &p 1\n", "ambit.yaml:1: anchors (&name) are not supported"),
            // What follows from what was refused is no problem of its own.
            ("tls-key: /k\ntls-certificate: [/c]\n", "'tls-certificate' at ambit.yaml:2 is a list; expected a PEM file"),
            ("plugins:\n  a: {path: [x]}\n", "'plugins.a.path' at ambit.yaml:2 is a list; expected a text"),
            ("plugins:\n  a:\n    <<: *x\n", "ambit.yaml:3: merge keys (<<) are not supported"),
            ("tls-key: /k\na: b: c\n", "ambit.yaml:2: mapping values are not allowed"),
            ("- a\n", "ambit.yaml:1: it is a list; expected a mapping"),
            ("a: b: c\n", "ambit.yaml:1: mapping values are not allowed"),
            ("host: ${env:NOPE}\n", "'host' (ambit.yaml:1) needs ${env:NOPE}: the variable NOPE is not set"),
            ("plugins: [a]\n", "'plugins' at ambit.yaml:1 is a list; expected a mapping"),
            ("plugins: {Bad: {path: x}}\n", "'plugins.Bad' at ambit.yaml:1 is no name of a plugin"),
            ("plugins:\n  lgos:\n", "'plugins.lgos' at ambit.yaml:2 has no path, and no plugin of that name ships; did you mean 'logs'?"),
            ("plugins:\n  a:\n    pth: x\n    path: y\n", "unknown key 'plugins.a.pth' at ambit.yaml:3; did you mean 'path'?"),
            ("plugins:\n  a: {path: x, pin: 'sha256:12'}\n", "'plugins.a.pin' at ambit.yaml:2 is 'sha256:12'; expected sha256: and 64"),
            ("plugins:\n  a: {path: x, enabled: maybe}\n", "'plugins.a.enabled' at ambit.yaml:2"),
            ("plugins:\n  a: {path: x, config: 5}\n", "'plugins.a.config' at ambit.yaml:2 is a single value; expected a mapping"),
            (
                "plugins:\n  a:\n    path: x\n    config:\n      deep: [1, {key: '${file:/nonexistent/k}'}]\n",
                "'plugins.a.config.deep[1].key' at ambit.yaml:5 needs ${file:/nonexistent/k}: it can't be read"
            ),
        ]) func namesKeyValuePlaceAndWhatIsExpected(_ text: String, _ problem: String) throws
    {
        let found = try problems(text)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(problem) == true, "\(found)")
    }

    @Test func allProblemsAreReportedAtOnce() throws {
        #expect(try problems("port: x\nmax-cals: 1\nplugins: {a: }\n").count == 3)
    }

    @Test func `problems come in the order of the file`() throws {
        let text = """
            plugins: {a: }
            allowed-origins:
              - https://a.example
              - nope
            port: *p
            max-body: lots
            bogus: 1
            tls-key: /k
            port: 8
            host: 0.0.0.0
            """
        let found = try problems(text)
        #expect(found.compactMap { $0.firstMatch(of: /ambit\.yaml:(\d+)/).flatMap { Int($0.1) } } == [1, 4, 5, 6, 7, 8, 9, 10])
        let flag = try load(text, flags: ["max-calls": ["x"]]).problems
        #expect(flag.count == 9 && flag.last?.description.hasPrefix("'max-calls' (--max-calls)") == true)
    }

    @Test func `what is not in force is not shown as if it were`() throws {
        let loaded = try load("port: *p\nmax-body: lots\nhost: ::1\n")
        func row(_ loaded: LoadedConfiguration, _ name: String) -> [Substring] {
            let lines = ConfigurationReport(loaded).text.split(separator: "\n")
            return lines.map { $0.split(separator: " ") }.first { $0.contains(Substring(name)) } ?? []
        }
        #expect(row(loaded, "port")[1] == "?" && row(loaded, "max-body")[1] == "?" && row(loaded, "host")[2] == "::1")
        let json = String(decoding: ConfigurationReport(loaded).json, as: UTF8.self)
        #expect(json.contains(#"{"name":"port","value":null,"source":"\#(folder.path)/ambit.yaml:1","wrong":true"#))
        // A flag is in force whatever the file says.
        let flag = try load("port: *p\n", flags: ["port": ["5"]])
        #expect(row(flag, "port")[2] == "5")
        // What comes after a place that can't be read is not known.
        let broken = try load("port: 1\na: b: c\n")
        #expect(row(broken, "port")[2] == "1" && row(broken, "host") == [])
        #expect(ConfigurationReport(broken).text.contains("ambit.yaml (not understood to its end)"))
    }

    @Test func `stdio is told what it has no use for`() throws {
        let environment = ["AMBIT_PORT": "1", "AMBIT_MAX_CALLS": "2"]
        let loaded = try load("session-idle: 1h\nmax-calls: 1\nport: 2\n", environment: environment, program: .stdio)
        #expect(loaded.problems == [])
        #expect(loaded.warnings == ["AMBIT_PORT has no effect: 'port' concerns HTTP, which `ambit stdio` does not speak"])
        #expect(UnusedSettings.note(.stdio, loaded.file)?.hasSuffix("does not speak HTTP: port, session-idle") == true)
        #expect(try load("port: 2\n", environment: environment).warnings == [] && UnusedSettings.note(.serve, loaded.file) == nil)
    }

    @Test func aValueThatLosesIsNotLookedAt() throws {
        let loaded = try load("port: nonsense\nhost: ${env:NOPE}\n", flags: ["port": ["1"], "host": ["::1"]])
        #expect(loaded.problems == [])
    }

    @Test func anUnknownVariableIsAWarning() throws {
        let loaded = try load(environment: ["AMBIT_SESION_IDLE": "1s", "AMBIT_PORT": "1", "AMBIT_CONFIG": "none", "AMBITION": "1"])
        #expect(loaded.problems == [])
        #expect(loaded.warnings == ["unknown variable AMBIT_SESION_IDLE; did you mean AMBIT_SESSION_IDLE?"])
    }

    // MARK: - The file

    @Test func aFileThatOthersCouldChangeIsRefused() throws {
        for mode in [0o620, 0o602, 0o666] as [UInt32] {
            let path = try folder.write("ambit.yaml", "port: 1\n", mode: mode)
            let loaded = ConfigurationLoader.load(.serve, ConfigurationSources(environment: [:], file: path))
            let expected = "\(path): others may write to \(path), and so change what is loaded; run: chmod go-w '\(path)'"
            #expect(loaded.problems.map(\.description) == [expected])
        }
    }

    @Test func whereTheFileIsLookedFor() {
        func location(_ environment: [String: String], _ file: String? = nil) -> ConfigurationLocation {
            ConfigurationLocation(ConfigurationSources(environment: environment, file: file))
        }
        let home = ["HOME": "/h", "XDG_CONFIG_HOME": "/x", "AMBIT_CONFIG": "/v"]
        #expect(location(home, "f") == .named("f"))
        #expect(location(home) == .named("/v"))
        #expect(location(["HOME": "/h", "XDG_CONFIG_HOME": "/x"]) == .user("/x/ambit/ambit.yaml"))
        #expect(location(["HOME": "/h", "XDG_CONFIG_HOME": "relative"]) == .user("/h/.config/ambit/ambit.yaml"))
        #expect(location([:]) == .none)
        #expect(location(["HOME": "/h", "AMBIT_CONFIG": "none"]) == .none)
    }

    @Test func aNamedFileMustBeThereAndTheUsersNeedNot() {
        let named = ConfigurationLoader.load(.serve, ConfigurationSources(environment: [:], file: "/nonexistent/a.yaml"))
        #expect(named.problems.map(\.description) == ["/nonexistent/a.yaml: there is no such file"])
        let user = ConfigurationLoader.load(.serve, ConfigurationSources(environment: ["HOME": "/nonexistent"]))
        #expect(user.problems == [])
        #expect(user.missingFile == "/nonexistent/.config/ambit/ambit.yaml")
    }

    // MARK: - Plugins

    @Test func pluginsHaveSections() throws {
        let secret = try folder.write("key", "sesame-opens\n")
        let pin = "sha256:" + String(repeating: "aB", count: 32)
        let file = """
            default-plugins: false
            plugins:
              first: {path: libs/first.so, config: {size: 1.50, api-key: plain, text: '<${file:\(secret)}>'}}
              second:
                path: /abs/second
                enabled: false
                pin: \(pin)
            """
        let loaded = try load(file, flags: ["plugins": ["./third.so", "/abs/second"]])
        #expect(loaded.problems == [])
        let plugins = loaded.configuration.plugins
        #expect(plugins.map(\.spec.path) == ["\(folder.path)/libs/first.so", "/abs/second", "./third.so"])
        #expect(plugins.map(\.spec.name) == ["first", "second", nil])
        #expect(plugins.map(\.isEnabled) == [true, false, true])
        #expect(plugins[1].spec.pin?.description == pin.lowercased())
        #expect(String(decoding: plugins[0].spec.config, as: UTF8.self) == #"{"size":1.50,"api-key":"plain","text":"<sesame-opens>"}"#)
        let report = ConfigurationReport(loaded)
        #expect(report.text.contains(#"{"size":1.50,"api-key":"****","text":"****"}"#))
        let escaped = try load("plugins: {logs: {config: {a: '$${x}', b: 'c$${d}${env:E}'}}}", environment: ["E": "hidden-e"])
        #expect(ConfigurationReport(escaped).text.contains(#"{"a":"${x}","b":"****"}"#))
        #expect(!report.text.contains("sesame") && !String(decoding: report.json, as: UTF8.self).contains("sesame"))
        // And wherever it turns up later.
        #expect(SecretMask.mask("said sesame-opens twice: sesame-opens") == "said **** twice: ****")
    }

    @Test func onePluginUnderTwoSpellingsIsOne() throws {
        let path = try folder.write("same.so", "")
        let other = String(path.dropLast("same.so".count)) + "./same.so"
        let loaded = try load("plugins: {same: {path: \(path)}}", flags: ["plugins": [other], "default-plugins": ["false"]])
        #expect(loaded.configuration.plugins.map(\.spec.path) == [path])
    }

    @Test func variablesNamePluginsWithColons() throws {
        let loaded = try load("default-plugins: false\n", environment: ["AMBIT_PLUGINS": "/a.so:/b,c.so"])
        #expect(loaded.configuration.plugins.map(\.spec.path) == ["/a.so", "/b,c.so"])
    }

    @Test func secretsOfSettingsAreMasked() throws {
        let loaded = try load(
            "host: ${env:WHERE}\nport: ${env:WHICH}\n", environment: ["WHERE": "hidden.example", "WHICH": "99999"])
        #expect(loaded.configuration.host == "hidden.example")
        #expect(!ConfigurationReport(loaded).text.contains("hidden.example"))
        let said = loaded.problems.map(\.description)
        #expect(said.count == 2 && said[0].contains("is '****', beyond this machine") && said[1].contains("is '****'; expected a number"))
    }
}
