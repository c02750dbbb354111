import ColumnStore
import Commerce
import Foundation
import QueryLang
import TestKit

/// A model and the rows of its tables.
struct ReportData: Sendable {
  struct Unreadable: Error, CustomStringConvertible {
    let description: String
  }

  var catalog: Catalog
  var rows: [String: [NaiveBackend.Row]] = [:]

  /// The default model without rows.
  init() throws {
    catalog = try Catalog.commerce()
  }

  /// Reads a folder below Data: a model that stands for itself, and the rows of its tables.
  private init(folder name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "Data/\(name)"
    )
    catalog = try Catalog.load(
      yaml: String(contentsOf: folder.appending(path: "model.yaml"), encoding: .utf8),
      name: "model.yaml",
      extending: nil,
      schemas: []
    )
    for table in catalog.tables.keys {
      let file = folder.appending(path: "\(table).csv")
      try add(rows: String(contentsOf: file, encoding: .utf8), to: table)
    }
  }

  /// Adds lines of CSV, the first of which names the columns.
  mutating func add(rows text: String, to table: String) throws {
    guard let schema = catalog.tables[table] else {
      throw Unreadable(description: "there is no table \(table)")
    }
    let lines = CSVRows.read(text)
    let fields = try (lines.first ?? []).map { name in
      guard let field = schema.field(name ?? "") else {
        throw Unreadable(description: "\(table) has no column \(name ?? "")")
      }
      return field
    }
    for line in lines.dropFirst() {
      guard line.count == fields.count else {
        throw Unreadable(description: "\(table): a line has \(line.count) fields: \(line)")
      }
      var row: NaiveBackend.Row = [:]
      for (field, text) in zip(fields, line) {
        row[field.name] = try ReportData.scalar(text, field)
      }
      rows[table, default: []].append(row)
    }
  }

  private static func scalar(_ text: String?, _ field: Field) throws -> Scalar {
    guard let text else {
      if field.isNullable { return .null }
      guard field.type == .string else {
        throw Unreadable(description: "\(field.name) has no value")
      }
      return .string("")
    }
    let value: Scalar? =
      switch field.type {
      case .string: .string(text)
      case .int32, .int64: Int64(text).map { .integer($0) }
      case .float64: Double(text).map { .double($0) }
      case .decimal:
        Decimal(string: text).map { .integer(Int64(truncating: $0 * 10_000 as NSNumber)) }
      case .bool: .integer(text == "true" ? 1 : 0)
      case .date: day(text).map { .integer(Int64($0)) }
      case .timestamp: instant(text).map { .integer($0) }
      }
    guard let value else { throw Unreadable(description: "\(field.name) cannot be \"\(text)\"") }
    return value
  }

  /// The day of a text such as `2026-03-15`.
  static func day(_ text: some StringProtocol) -> Int32? {
    let parts = text.split(separator: "-").compactMap { Int($0) }
    return parts.count == 3 ? NaiveCalendar.number(parts[0], parts[1], parts[2]) : nil
  }

  /// The microseconds of a text such as `2026-03-15T10:30:00Z`.
  private static func instant(_ text: String) -> Int64? {
    let parts = text.dropLast(text.hasSuffix("Z") ? 1 : 0).split(separator: "T")
    guard parts.count == 2, let day = day(parts[0]) else { return nil }
    let clock = parts[1].split(separator: ":").compactMap { Int64($0) }
    guard clock.count == 3 else { return nil }
    return (Int64(day) * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]) * 1_000_000
  }

  /// The data sets that were read already; a file is read once for all reports over it.
  private actor Library {
    private var known: [String: ReportData] = [:]

    func data(_ name: String) throws -> ReportData {
      if let data = known[name] { return data }
      let data = try ReportData(folder: name)
      known[name] = data
      return data
    }
  }

  private static let library = Library()

  /// Returns the data set of a folder below Data.
  static func named(_ name: String) async throws -> ReportData {
    try await library.data(name)
  }
}
