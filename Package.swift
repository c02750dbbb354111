// swift-tools-version: 6.2
import PackageDescription

// Every room compiles with the same strict settings: the Swift 6 language mode, warnings as errors,
// strict memory safety, and imports that stay internal unless they say otherwise.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .strictMemorySafety(),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let testing: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
]

// `MANDI_WITHOUT_HTTP=1` leaves out the rooms that need Hummingbird, whose first build takes minutes.
let withHTTP = Context.environment["MANDI_WITHOUT_HTTP"] == nil

var dependencies: [Package.Dependency] = [
  .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
]

var targets: [Target] = [
  .systemLibrary(
    name: "CZstd",
    pkgConfig: "libzstd",
    providers: [.apt(["libzstd-dev"])]
  ),
  .systemLibrary(
    name: "CXXHash",
    pkgConfig: "libxxhash",
    providers: [.apt(["libxxhash-dev"])]
  ),
  .target(name: "CMandiKernels"),
  .target(
    name: "ColumnStore",
    dependencies: ["CMandiKernels", "CZstd", "CXXHash"],
    swiftSettings: strict
  ),
  .target(
    name: "Commerce",
    dependencies: ["ColumnStore"],
    resources: [.embedInCode("Resources/commerce.yaml")],
    swiftSettings: strict
  ),
  .target(
    name: "QueryLang",
    dependencies: ["ColumnStore", "Commerce", .product(name: "Yams", package: "Yams")],
    swiftSettings: strict
  ),
  .target(
    name: "Ingest",
    dependencies: [
      "ColumnStore", "Commerce", .product(name: "Yams", package: "Yams"),
      .product(name: "Crypto", package: "swift-crypto"),
    ],
    resources: [
      .embedInCode("Channels/Definitions/amazon.yaml"),
      .embedInCode("Channels/Definitions/shopify.yaml"),
      .embedInCode("Channels/Definitions/zepto.yaml"),
    ],
    swiftSettings: strict
  ),
  .target(name: "Export", dependencies: ["ColumnStore", "QueryLang"], swiftSettings: strict),
  .target(name: "LanguageServer", dependencies: ["QueryLang"], swiftSettings: strict),
  .target(name: "SampleShop", swiftSettings: strict),
  .target(
    name: "TestKit",
    dependencies: ["ColumnStore"],
    path: "Tests/TestKit",
    swiftSettings: testing
  ),
  .testTarget(
    name: "ColumnStoreTests",
    dependencies: ["ColumnStore", "TestKit"],
    swiftSettings: testing
  ),
  .testTarget(
    name: "CommerceTests",
    dependencies: ["Commerce", "TestKit"],
    swiftSettings: testing
  ),
  .testTarget(
    name: "QueryLangTests",
    dependencies: ["QueryLang", "TestKit"],
    resources: [.copy("Examples")],
    swiftSettings: testing
  ),
  .testTarget(
    name: "ReportTests",
    dependencies: ["ColumnStore", "Commerce", "QueryLang", "Export", "TestKit"],
    exclude: ["Data", "Reports", "expected.py", "grammar_oracle.py"],
    swiftSettings: testing
  ),
  .testTarget(
    name: "IngestTests",
    dependencies: ["Ingest", "TestKit"],
    resources: [.copy("Fixtures")],
    swiftSettings: testing
  ),
  .testTarget(
    name: "ExportTests",
    dependencies: ["Export", "TestKit"],
    swiftSettings: testing
  ),
  .testTarget(
    name: "LanguageServerTests",
    dependencies: ["LanguageServer", "QueryLang", "Commerce", "TestKit"],
    swiftSettings: testing
  ),
  .testTarget(
    name: "SampleShopTests",
    dependencies: ["SampleShop", "TestKit"],
    swiftSettings: testing
  ),
  .testTarget(name: "TidyTests", swiftSettings: testing),
  .executableTarget(
    name: "differential",
    dependencies: ["ColumnStore", "QueryLang", "TestKit"],
    path: "Tests/Differential",
    exclude: ["engine.py"],
    swiftSettings: testing
  ),
]

if withHTTP {
  dependencies += [
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.81.0"),
  ]
  targets += [
    .target(
      name: "Server",
      dependencies: [
        "ColumnStore", "Commerce", "QueryLang", "Export",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "mandi",
      dependencies: [
        "ColumnStore", "Commerce", "QueryLang", "Ingest", "Export", "LanguageServer", "SampleShop",
        "Server",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ServerTests",
      dependencies: [
        "Server", "TestKit", .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: testing
    ),
  ]
}

// For `Benchmarks`, which is a package of its own.
let products: [Product] = [
  .library(name: "ColumnStore", targets: ["ColumnStore"]),
  .library(name: "Commerce", targets: ["Commerce"]),
  .library(name: "QueryLang", targets: ["QueryLang"]),
  .library(name: "TestKit", targets: ["TestKit"]),
]

let package = Package(
  name: "mandi",
  products: products,
  dependencies: dependencies,
  targets: targets
)
