// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
  .treatAllWarnings(as: .error),
]

/// Micro-benchmarks, in a package of their own so that building the product never builds them.
let package = Package(
  name: "benchmarks",
  dependencies: [
    .package(name: "holdfast", path: ".."),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  ],
  targets: [
    .target(name: "AllocationCounter"),
    .target(name: "Measuring", dependencies: ["AllocationCounter"], swiftSettings: strict),
    .systemLibrary(name: "SystemLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    .executableTarget(
      name: "journal-limit",
      dependencies: ["SystemLMDB"],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "codec-benchmark",
      dependencies: ["Measuring", .product(name: "ISO8583", package: "holdfast")],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "replay-benchmark",
      dependencies: [
        "Measuring", .product(name: "HoldfastSwitch", package: "holdfast"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: strict
    ),
  ]
)
