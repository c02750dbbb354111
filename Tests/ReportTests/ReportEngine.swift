import ColumnStore
import Foundation
import QueryLang
import TestKit

/// A way to answer prepared reports over some data.
///
/// Every engine has to give the same answers. One that goes through SQL only has to be added to
/// `ReportEngines.all`.
protocol ReportEngine: Sendable {
  /// What failures call it.
  var name: String { get }

  /// Returns the results of all statements.
  func results(of script: PreparedScript, over data: ReportData) async throws -> [StatementResult]
}

enum ReportEngines {
  static let all: [any ReportEngine] = [StoreEngine(), NaiveEngine()]
}

/// The real executor over a store on disk.
struct StoreEngine: ReportEngine {
  let name = "store"

  func results(of script: PreparedScript, over data: ReportData) async throws -> [StatementResult] {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "mandi-reports-\(UUID().uuidString)")
    defer {
      // A folder that stays is only litter in the machine's temporary directory.
      try? FileManager.default.removeItem(at: folder)
    }
    let store = try Store.open(DiskDirectory(path: folder.path), mode: .readWrite)
    try store.write { transaction in
      for schema in data.catalog.tables.values.sorted(by: { $0.name < $1.name }) {
        try transaction.declare(schema)
        guard let rows = data.rows[schema.name], !rows.isEmpty else { continue }
        _ = try transaction.upsert(RowBatch(rows: rows, of: schema), into: schema.name)
      }
    }
    let backend = LocalBackend(snapshot: try store.snapshot(), pool: ScanPool(threads: 2))
    return try await script.run(
      on: backend,
      policy: .unrestricted(reason: "test"),
      limits: .untimed
    )
  }
}

/// The plain executor, row by row.
struct NaiveEngine: ReportEngine {
  let name = "naive"

  func results(of script: PreparedScript, over data: ReportData) async throws -> [StatementResult] {
    try await script.run(
      on: NaiveBackend(data.rows, schemas: Array(data.catalog.tables.values)),
      policy: .unrestricted(reason: "test"),
      limits: .untimed
    )
  }
}

extension ScanLimits {
  /// As much time as there is: other tests may hold the processors for long.
  static let untimed = ScanLimits(time: .seconds(86_400))
}
