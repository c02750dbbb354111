import Foundation
import QueryLang

/// The differential test: random reports over random models and data, answered by our own executor
/// and, through SQL, by DuckDB and ClickHouse.
@main
struct Program {
  static func main() async {
    guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
      print(Options.usage)
      exit(2)
    }
    do {
      if let only = options.only {
        exit(try await show(only.world, only.report, options) ? 0 : 1)
      }
      if options.plants { exit(try await Planting(options).run() ? 0 : 1) }
      exit(try await compare(options) ? 0 : 1)
    } catch {
      print("differential: \(error)")
      exit(1)
    }
  }

  /// Compares the reports of a run; false when there is a difference.
  private static func compare(_ options: Options) async throws -> Bool {
    let clock = ContinuousClock()
    let start = clock.now
    let (tally, differences) = try await work(options)
    for line in tally.lines { print(line) }
    print("seed \(options.seed), \((clock.now - start).components.seconds) seconds")
    for difference in differences where !options.keepsGoing {
      print(
        "\(difference.dialect.engineName) at \(difference.worldSeed):\(difference.reportSeed): "
          + difference.words.prefix(300)
      )
    }
    if let first = differences.first, !options.keepsGoing {
      try await Shrinking(options, first).show()
    }
    let names = options.dialects.map(\.engineName).joined(separator: " and ")
    if !tally.rare.isEmpty, options.reports >= 1_000 {
      print("occurred in fewer than 1% of the reports: \(tally.rare.joined(separator: ", "))")
    }
    print("\(tally.compared) reports, \(differences.count) differences on \(names)")
    return differences.isEmpty
  }

  private static func work(_ options: Options) async throws -> (Tally, [Difference]) {
    try await withThrowingTaskGroup(of: (Tally, [Difference]).self) { group in
      for number in 0..<options.workers {
        let quota =
          options.reports / options.workers
          + (number < options.reports % options.workers ? 1 : 0)
        group.addTask {
          let worker = try Worker(options)
          try await worker.work(quota, first: number, stride: options.workers)
          return (worker.tally, worker.differences)
        }
      }
      var tally = Tally()
      var differences: [Difference] = []
      for try await (other, found) in group {
        tally.add(other)
        differences += found
      }
      return (tally, differences)
    }
  }

  /// Shows one report with all answers; false when they differ.
  private static func show(
    _ world: UInt64,
    _ report: UInt64,
    _ options: Options
  ) async throws -> Bool {
    var maker = WorldMaker(seed: world)
    let made = maker.world()
    var reports = ReportMaker(made, seed: report)
    let bench = try Bench(options)
    defer { bench.stop() }
    return try await bench.show(made, reports.report())
  }
}

extension SQLDialect {
  /// The name of the engine that answers in the test.
  var engineName: String {
    switch self {
    case .duckdb: "duckdb"
    case .clickhouse: "chdb"
    }
  }
}
