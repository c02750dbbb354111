// swift-tools-version: 6.2
import PackageDescription

// Measures parts of the engine that no user sees. It is a package of its own so that nobody who builds
// Mandi builds it. It looks into ColumnStore as tests do, and needs the engine's generic loops for its
// own types; `make bench-kernels` and `make bench-encodings` have the flags for both.
let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "mandi", path: "..")],
  targets: [
    .target(name: "Measuring", swiftSettings: settings),
    .executableTarget(
      name: "KernelBenchmarks",
      dependencies: ["Measuring", .product(name: "ColumnStore", package: "mandi")],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "ReportBenchmarks",
      dependencies: [
        "Measuring", .product(name: "ColumnStore", package: "mandi"),
        .product(name: "Commerce", package: "mandi"), .product(name: "QueryLang", package: "mandi"),
      ],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "ReportFuzz",
      dependencies: [
        .product(name: "Commerce", package: "mandi"),
        .product(name: "QueryLang", package: "mandi"), .product(name: "TestKit", package: "mandi"),
      ],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "EncodingBenchmarks",
      dependencies: ["Measuring", .product(name: "ColumnStore", package: "mandi")],
      swiftSettings: settings
    ),
  ]
)
