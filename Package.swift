// swift-tools-version: 6.2
// Ambit: hosts tool plugins and serves them over MCP. The house is described in README.md.
//
// AMBIT_SUBSET=core builds only the ground floor (Scopes, JSON and what they stand on) without any
// dependency, which keeps sanitizer builds small; AMBIT_SUBSET=sdk adds what authors of plugins build on, which needs
// none either. AMBIT_TSAN=1 swaps the one `Lock` for a pthread mutex;
// AMBIT_ASAN=1 goes with the address sanitizer. AMBIT_BENCHMARKS=1 offers that floor to the package in Benchmarks,
// AMBIT_FUZZ_TARGET=1 the program of `make fuzz`.

import PackageDescription

let subset = Context.environment["AMBIT_SUBSET"]
let core = subset == "core"
// The benchmarks' package measures the ground floor from inside.
let benchmarks = Context.environment["AMBIT_BENCHMARKS"] != nil
let threadSanitizer = Context.environment["AMBIT_TSAN"] != nil
// The launcher is static, and sanitizer runtimes are not: its tests take one from AMBIT_LAUNCHER then.
let sanitizing = threadSanitizer || Context.environment["AMBIT_ASAN"] != nil

var swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // Compiled faults, one per leak row (Tests/LeakTests), exist in test builds only.
    .define("AMBIT_FAULTS", .when(configuration: .debug)),
]
if threadSanitizer { swift.append(.define("AMBIT_TSAN")) }

let c: [CSetting] = [
    .unsafeFlags(["-std=c11", "-Wall", "-Wextra", "-Werror=implicit-function-declaration"])
]

let nio: Package.Dependency = .package(url: "https://github.com/apple/swift-nio", from: "2.101.2")
let tls: Package.Dependency = .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6")
let log: Package.Dependency = .package(url: "https://github.com/apple/swift-log", from: "1.16.2")
let metrics: Package.Dependency = .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0")
// Without its YAML trait, which brings Foundation and its ICU data: 7 MiB of memory. YAML is read with libyaml.
let configuration: Package.Dependency = .package(
    url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: [])
let arguments: Package.Dependency = .package(
    url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")

var products: [Product] = []
var dependencies: [Package.Dependency] = []

var targets: [Target] = [
    .target(name: "CLinux", cSettings: c),
    .target(name: "JSON", swiftSettings: swift),
    .target(name: "Scopes", dependencies: ["CLinux"], exclude: ["README.md"], swiftSettings: swift),
    .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: swift),
    .target(name: "TestSupport", dependencies: ["Scopes"], path: "Tests/TestSupport", swiftSettings: swift),
    .testTarget(name: "ScopesTests", dependencies: ["Scopes", "CLinux", "TestSupport"], swiftSettings: swift),
]

if !sanitizing {
    targets.append(
        .executableTarget(
            name: "ambit-launcher", exclude: ["README.md"],
            cSettings: c + [.define("AMBIT_FAULTS", .when(configuration: .debug))],
            // A static C program: nothing of Swift is linked, only the driver that links is Swift's.
            linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles"])]))
}

if !core {
    products += [
        .library(name: "AmbitPlugin", type: .static, targets: ["AmbitPlugin"]),
        .library(name: "AmbitPluginTesting", targets: ["AmbitPluginTesting"]),
    ]
    targets += [
        .target(name: "CAmbit", cSettings: c),
        .systemLibrary(name: "CPCRE2", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "CLibYAML", providers: [.apt(["libyaml-dev"])]),
        .target(name: "YAML", dependencies: ["CLibYAML"], swiftSettings: swift),
        .target(name: "MCP", dependencies: ["JSON", "CPCRE2"], swiftSettings: swift),
        .target(
            name: "PluginHost", dependencies: ["Scopes", "MCP", "JSON", "CAmbit", "CLinux"],
            swiftSettings: swift),
        .target(name: "AmbitPlugin", dependencies: ["CAmbit"], swiftSettings: swift),
        .target(
            name: "AmbitPluginTesting", dependencies: ["AmbitPlugin", "PluginHost", "Scopes", "MCP", "JSON", "CAmbit"],
            swiftSettings: swift),
        .testTarget(
            name: "AmbitPluginTestingTests", dependencies: ["AmbitPluginTesting", "AmbitPlugin"], swiftSettings: swift),
        .testTarget(
            name: "PluginHostTests", dependencies: ["PluginHost", "Scopes", "JSON", "CAmbit", "TestSupport"],
            swiftSettings: swift),
        .testTarget(
            name: "AmbitPluginTests", dependencies: ["AmbitPlugin", "CAmbit"], swiftSettings: swift),
    ]
}

if !core, subset != "sdk" {
    products += [
        .executable(name: "ambit", targets: ["ambit"]),
        .executable(name: "ambit-launcher", targets: ["ambit-launcher"]),
        .library(name: "AmbitSignatures", type: .dynamic, targets: ["TokenSignatures"]),
        .library(name: "Logs", type: .dynamic, targets: ["Logs"]),
        .library(name: "REPL", type: .dynamic, targets: ["REPLEntry"]),
        .library(name: "Clock", type: .dynamic, targets: ["Clock"]),
        .library(name: "Everything", type: .dynamic, targets: ["Everything"]),
    ]
    dependencies += [nio, tls, log, metrics, configuration, arguments]
    targets += [
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
        .target(
            name: "Transport",
            dependencies: [
                "MCP", "Scopes", "JSON", "CLinux",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: swift),
        // Loaded by the server only where tokens are checked by signature.
        .target(name: "TokenSignatures", linkerSettings: [.linkedLibrary("crypto")]),
        .target(
            name: "Server",
            dependencies: [
                "Scopes", "JSON", "MCP", "Transport", "PluginHost", "CLinux", "YAML", "CSodium",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Configuration", package: "swift-configuration"),
            ],
            swiftSettings: swift),
        .executableTarget(
            name: "ambit",
            dependencies: [
                "Server",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swift),
        .target(
            name: "Logs", dependencies: ["AmbitPlugin", "CPCRE2", "YAML"], path: "Plugins/Logs", exclude: ["README.md"],
            resources: [.embedInCode("errors.yaml")], swiftSettings: swift),
        .target(
            name: "REPL", dependencies: ["AmbitPlugin"], path: "Plugins/REPL", exclude: ["README.md", "Entry"],
            swiftSettings: swift),
        // Apart from what is tested: one program can't have the entry functions of two plugins.
        .target(name: "REPLEntry", dependencies: ["REPL", "AmbitPlugin"], path: "Plugins/REPL/Entry", swiftSettings: swift),
        .target(
            name: "Everything", dependencies: ["AmbitPlugin"], path: "Plugins/Everything", exclude: ["README.md"],
            swiftSettings: swift),
        .target(
            name: "Clock", dependencies: ["AmbitPlugin"], path: "Plugins/Examples/swift",
            // An author's settings, not ours: the example is what one copies.
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .testTarget(name: "MCPTests", dependencies: ["MCP", "JSON"], swiftSettings: swift),
        .testTarget(
            name: "TransportTests",
            dependencies: [
                "Transport", "MCP", "JSON", "Scopes",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: swift),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Server", "PluginHost", "Transport", "Scopes", "MCP", "JSON", "CLinux", "TestSupport", "YAML",
                .product(name: "Metrics", package: "swift-metrics"),
            ],
            swiftSettings: swift),
        .testTarget(name: "LogsTests", dependencies: ["Logs"], resources: [.embedInCode("Recorded")], swiftSettings: swift),
        .testTarget(name: "REPLTests", dependencies: ["REPL"], swiftSettings: swift),
    ]
}

// Found by its coverage what no seed finds: built by `make fuzz`, which links libFuzzer in.
if Context.environment["AMBIT_FUZZ_TARGET"] != nil {
    products.append(.executable(name: "ambit-fuzz", targets: ["ambit-fuzz"]))
    targets.append(
        .executableTarget(
            name: "ambit-fuzz", dependencies: ["JSON", "MCP", "Transport"], path: "Tests/CoverageFuzz",
            swiftSettings: swift + [.unsafeFlags(["-parse-as-library"])]))
}

if benchmarks { products.append(.library(name: "AmbitCore", type: .static, targets: ["Scopes", "JSON"])) }

let package = Package(name: "ambit", products: products, dependencies: dependencies, targets: targets)
