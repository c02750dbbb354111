// swift-tools-version: 6.2
import PackageDescription

// Measures parts of the engine that no user sees. It is a package of its own so that nobody who builds
// Mandi builds it, and looks into ColumnStore as tests do:
//
//   swift run -c release --package-path Benchmarks -Xswiftc -enable-testing KernelBenchmarks
let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "mandi", path: "..")],
  targets: [
    .executableTarget(
      name: "KernelBenchmarks",
      dependencies: [.product(name: "ColumnStore", package: "mandi")],
      swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]
    )
  ]
)
