// swift-tools-version: 6.2
// What plugins in Swift are built and tested with, as a package without dependencies. `make install` copies it to share/ambit/sdk; the
// sources are those of this repository. AmbitPlugin is what a plugin is made with. AmbitPluginTesting has the real host in it, and so needs
// PCRE2's headers (libpcre2-dev) where it is used.

import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "ambit-sdk",
    products: [
        .library(name: "AmbitPlugin", type: .static, targets: ["AmbitPlugin"]),
        .library(name: "AmbitPluginTesting", targets: ["AmbitPluginTesting"]),
    ],
    targets: [
        .target(name: "CAmbit"),
        .target(name: "AmbitPlugin", dependencies: ["CAmbit"], swiftSettings: settings),
        .target(name: "CLinux"),
        .target(name: "JSON", swiftSettings: settings),
        .target(name: "Scopes", dependencies: ["CLinux"], exclude: ["README.md"], swiftSettings: settings),
        .systemLibrary(name: "CPCRE2", providers: [.apt(["libpcre2-dev"])]),
        .target(name: "MCP", dependencies: ["JSON", "CPCRE2"], swiftSettings: settings),
        .target(name: "PluginHost", dependencies: ["Scopes", "MCP", "JSON", "CAmbit", "CLinux"], swiftSettings: settings),
        .target(
            name: "AmbitPluginTesting", dependencies: ["AmbitPlugin", "PluginHost", "Scopes", "MCP", "JSON", "CAmbit"],
            swiftSettings: settings),
    ], cLanguageStandard: .c11)
