import ColumnStore
import Commerce
import Foundation
import QueryLang

/// Reports over a store whose tables are empty: those of the benchmark's suite, or examples of the
/// language.
struct SuiteReports {
  /// A report's text.
  struct Text {
    let name: String
    let text: String
  }

  /// What went wrong.
  struct Failure: Error {
    let text: String
  }

  private static let rounds = 300

  let reports: [Text]
  private let catalog: Catalog
  private let backend: LocalBackend
  private let context = ReportContext(today: 20_634)
  private let clock = ContinuousClock()

  /// Reads the model and the reports of a folder.
  init(folder: String) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .filter { $0.hasSuffix(".mandi") }
    let catalog = try Catalog.load(
      yaml: String(contentsOfFile: folder + "/model.yaml", encoding: .utf8),
      name: "model.yaml",
      extending: Catalog.commerce(),
      schemas: CommerceTables.all
    )
    try self.init(catalog, folder: folder, names: names)
  }

  /// Reads a model that stands for itself, and some reports of a folder.
  init(model: String, folder: String, names: [String]) throws {
    let catalog = try Catalog.load(
      yaml: String(contentsOfFile: model, encoding: .utf8),
      name: "model.yaml",
      extending: nil,
      schemas: []
    )
    try self.init(catalog, folder: folder, names: names)
  }

  private init(_ catalog: Catalog, folder: String, names: [String]) throws {
    self.catalog = catalog
    reports = try names.map { name in
      Text(name: name, text: try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))
    }
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    try store.write { transaction in
      for table in catalog.tables.values.sorted(by: { $0.name < $1.name }) {
        try transaction.declare(table)
      }
    }
    backend = LocalBackend(snapshot: try store.snapshot(), pool: ScanPool(threads: 2))
  }

  /// Returns the medians of the time from text to plan and of the whole report, in microseconds.
  func times(_ report: Text) async throws -> (planning: Double, running: Double) {
    var planning: [Duration] = []
    var running: [Duration] = []
    for _ in 0..<SuiteReports.rounds {
      let start = clock.now
      let prepared = Report.prepare(
        report.text,
        name: report.name,
        catalog: catalog,
        context: context
      )
      planning.append(clock.now - start)
      guard prepared.isRunnable else { throw Failure(text: "\(prepared.diagnostics)") }
      let results = try await prepared.run(
        on: backend,
        policy: .unrestricted(reason: "nobody's data"),
        limits: ScanLimits()
      )
      // A definition may stand before the report.
      guard case .report = results.last else {
        throw Failure(text: "\(report.name) has no result")
      }
      running.append(clock.now - start)
    }
    return (median(planning), median(running))
  }

  /// Returns the median of the time from text to logical plan, in microseconds; the plan is written
  /// as text too.
  func planningTime(_ report: Text) async throws -> Double {
    var durations: [Duration] = []
    for _ in 0..<SuiteReports.rounds {
      let start = clock.now
      let prepared = Report.prepare(
        "EXPLAIN PLAN " + report.text,
        name: report.name,
        catalog: catalog,
        context: context
      )
      guard prepared.isRunnable else { throw Failure(text: "\(prepared.diagnostics)") }
      let results = try await prepared.run(
        on: backend,
        policy: .unrestricted(reason: "nobody's data"),
        limits: ScanLimits()
      )
      durations.append(clock.now - start)
      guard case .plan = results.last else { throw Failure(text: "\(report.name) has no plan") }
    }
    return median(durations)
  }

  private func median(_ durations: [Duration]) -> Double {
    Double(durations.sorted()[durations.count / 2].components.attoseconds) / 1e12
  }
}
