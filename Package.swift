// swift-tools-version: 6.3
import PackageDescription

/// Every target is held to the same rules: Swift 6 language mode, warnings are errors, and each
/// file names the modules whose members it uses.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
  .treatAllWarnings(as: .error),
]

/// The layers of `Specs/Architecture.md`: a target imports only targets of a lower layer.
let package = Package(
  name: "holdfast",
  products: [
    .executable(name: "holdfastd", targets: ["holdfastd"]),
    .executable(name: "holdfast", targets: ["holdfast"]),
    .executable(name: "paycloud", targets: ["paycloud"]),
    .library(name: "ISO8583", targets: ["ISO8583"]),
    .library(
      name: "HoldfastSwitch",
      targets: [
        "Authorization", "CardCrypto", "Cryptography", "ISO8583", "Ledger", "Switch",
        "SwitchServer", "Telemetry",
      ]
    ),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird",
      from: "2.28.1",
      traits: []
    ),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // Layer 0: depend on nothing of ours.
    .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "CAES"),
    .target(name: "CFileIO"),
    .target(name: "CMemory"),
    .target(name: "CThreads"),
    .target(name: "Authorization", swiftSettings: strict),
    .target(name: "ISO8583", swiftSettings: strict),
    .target(name: "JSON", swiftSettings: strict),
    .target(name: "Telemetry", swiftSettings: strict),
    .target(
      name: "Cryptography",
      dependencies: ["CAES", "COpenSSL"],
      swiftSettings: strict
    ),

    // Layer 1: cards' secrets; the books.
    .target(
      name: "CardCrypto",
      dependencies: ["Authorization", "Cryptography"],
      swiftSettings: strict
    ),
    .target(
      name: "Ledger",
      dependencies: [
        "Authorization", "CFileIO", "CLMDB", "CMemory", "CThreads", "Cryptography", "Telemetry",
      ],
      swiftSettings: strict
    ),

    // Layer 2: what is said to the network, to operators, and by the simulator; no sockets.
    .target(
      name: "Switch",
      dependencies: ["Authorization", "CardCrypto", "ISO8583", "Ledger", "Telemetry"],
      swiftSettings: strict
    ),
    .target(
      name: "Management",
      dependencies: [
        "Authorization", "CThreads", "CardCrypto", "Cryptography", "JSON", "Ledger", "Telemetry",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict
    ),
    .target(
      name: "Simulator",
      dependencies: ["Authorization", "ISO8583", "JSON"],
      swiftSettings: strict
    ),

    // Layer 3: sockets.
    .target(
      name: "SwitchServer",
      dependencies: [
        "Switch", "Telemetry",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict
    ),
    .target(
      name: "ManagementClient",
      dependencies: [
        "JSON",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict
    ),
    .target(
      name: "LoadGenerator",
      dependencies: [
        "Authorization", "ISO8583", "JSON", "Simulator",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict
    ),

    // Layer 4: composition roots; wiring, no logic.
    .executableTarget(
      name: "holdfastd",
      dependencies: [
        "Authorization", "CThreads", "CardCrypto", "Ledger", "Management", "Switch",
        "SwitchServer", "Telemetry",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "holdfast",
      dependencies: [
        "Authorization", "Cryptography", "ISO8583", "JSON", "Ledger", "ManagementClient",
        "Telemetry",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "paycloud",
      dependencies: [
        "Authorization", "ISO8583", "JSON", "LoadGenerator", "ManagementClient", "Simulator",
        "Telemetry",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),

    .target(name: "TestRandom", path: "Tests/TestRandom", swiftSettings: strict),
    .testTarget(
      name: "AuthorizationTests",
      dependencies: ["Authorization", "TestRandom"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ISO8583Tests",
      dependencies: ["ISO8583", "TestRandom"],
      resources: [.copy("Vectors")],
      swiftSettings: strict
    ),
    .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: strict),
    .testTarget(
      name: "CardCryptoTests",
      dependencies: ["Authorization", "CardCrypto", "Cryptography", "TestRandom"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "LedgerTests",
      dependencies: ["Authorization", "CLMDB", "Cryptography", "Ledger", "Telemetry"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "SwitchTests",
      dependencies: ["Authorization", "CardCrypto", "ISO8583", "Ledger", "Switch", "TestRandom"],
      swiftSettings: strict
    ),
    .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"], swiftSettings: strict),
    .testTarget(
      name: "SwitchServerTests",
      dependencies: [
        "Switch", "SwitchServer", "Telemetry",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "HoldfastTests",
      dependencies: [
        "Authorization", "ISO8583", "JSON", "ManagementClient", "holdfast",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ManagementTests",
      dependencies: [
        "Authorization", "CardCrypto", "Cryptography", "Ledger", "Management", "Telemetry",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "SimulatorTests",
      dependencies: [
        "Authorization", "ISO8583", "JSON", "LoadGenerator", "ManagementClient", "Simulator",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ProcessTests",
      dependencies: [
        "Authorization", "CLMDB", "ISO8583", "JSON", "LoadGenerator", "ManagementClient",
        "Simulator",
      ],
      swiftSettings: strict
    ),
  ]
)
