import ColumnStore
import Foundation
import Testing

@testable import Ingest

/// A store in a folder of its own, files to import, and readers of what came out.
final class ImportHarness {
  let folder: String
  let store: Store
  private let pool = ScanPool(threads: 1)

  init() throws {
    folder = NSTemporaryDirectory() + "mandi-ingest-" + UUID().uuidString
    store = try Store.open(DiskDirectory(path: folder + "/store"), mode: .readWrite)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: folder)
  }

  static func fixture(_ name: String) throws -> String {
    let folder = try #require(Bundle.module.resourcePath)
    return folder + "/Fixtures/" + name
  }

  /// Writes a file beside the store and returns its path.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = folder + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  func file(_ name: String, _ text: String) throws -> String {
    try file(name, Array(text.utf8))
  }

  func importer() throws -> Importer {
    Importer(
      store: store,
      dataDirectory: folder,
      library: try ChannelLibrary.builtIn(),
      pool: pool
    )
  }

  @discardableResult
  func load(_ path: String, _ request: ImportRequest = ImportRequest()) throws -> FileReport {
    try importer().importFile(path, request)
  }

  /// The rows of a table as texts, sorted by their columns; blanks are `-`.
  func rows(_ table: String, _ columns: [String]) throws -> [String] {
    let snapshot = try store.snapshot()
    guard snapshot.table(table) != nil else { return [] }
    let plan = ScanPlan(
      table: table,
      keys: columns.map { ScanPlan.Key($0, .column($0)) },
      aggregates: [Aggregate("rows", .countRows)]
    )
    let result = try LocalBackend(snapshot: snapshot, pool: pool)
      .executeNow(plan, limits: ScanLimits())
    return (0..<result.rowCount).map { row in
      columns.map { result.column($0).map { cell($0, row) } ?? "?" }.joined(separator: " ")
    }
  }

  private func cell(_ column: ResultTable.Column, _ row: Int) -> String {
    switch column.values {
    case .strings(let values): return values[row] ?? "-"
    case .coded(let values): return "code \(values.codes[row])"
    case .doubles(let values): return values[row].map { "\($0)" } ?? "-"
    case .wide(let values): return values[row].map { "\($0)" } ?? "-"
    case .integers(let values):
      guard let value = values[row] else { return "-" }
      switch column.type {
      case .date: return CalendarDay.text(value)
      case .decimal: return "\(Double(value) / 10_000)"
      case .timestamp, .int32, .int64, .bool, .float64, .string: return "\(value)"
      }
    }
  }

  func counts(_ report: FileReport) -> [Int] {
    [report.read, report.inserted, report.updated, report.unchanged, report.quarantined]
  }
}
