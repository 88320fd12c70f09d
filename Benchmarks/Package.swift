// swift-tools-version: 6.2
// The benchmarks: a package of its own, so that nobody builds it by accident. `make bench` builds and runs it.

import Foundation
import PackageDescription

// Where the modules' package access is concerned, this belongs to the package above, whose name to the compiler is that of its folder.
let above = URL(fileURLWithPath: Context.packageDirectory).deletingLastPathComponent().lastPathComponent.lowercased()

let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .unsafeFlags(["-package-name", above]),
]

let package = Package(
    name: "ambit-benchmarks",
    dependencies: [
        .package(name: "ambit", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .target(name: "CAllocations"),
        .executableTarget(
            name: "Micro",
            dependencies: ["CAllocations", .product(name: "AmbitCore", package: "ambit")],
            // The compiler takes one package name only.
            packageAccess: false, swiftSettings: swift),
        .executableTarget(
            name: "NIOConstant",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        .executableTarget(name: "PrintLine"),
    ])
