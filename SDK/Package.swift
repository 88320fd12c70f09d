// swift-tools-version: 6.2
// What plugins in Swift are built with, as a package without dependencies. `make install` copies it to share/ambit/sdk; the sources are
// those of this repository. A module for authors is a folder in Sources, a target and a product here.

import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "ambit-sdk",
    products: [.library(name: "AmbitPlugin", type: .static, targets: ["AmbitPlugin"])],
    targets: [
        .target(name: "CAmbit"),
        .target(name: "AmbitPlugin", dependencies: ["CAmbit"], swiftSettings: settings),
    ])
