import ColumnStore
import Foundation
import QueryLang

/// A column of a canonical answer: its name and how its values are written.
struct BenchColumn {
  /// The form of a value.
  enum Kind: String, CaseIterable {
    /// Text.
    case str
    /// A whole number.
    case int
    /// Two digits after the point, exact.
    case dec2
    /// Four digits after the point, rounded.
    case ratio4
    /// `2026-06`.
    case month
    /// `2026-06-30`.
    case date
  }

  let name: String
  let kind: Kind

  /// Reads `name:kind`.
  init(_ text: String, in file: String) throws(CommandFailure) {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let kind = Kind(rawValue: String(parts[1])) else {
      let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandFailure(
        .refused,
        "\(file): a column is written name:kind with a kind of \(kinds), not \"\(text)\""
      )
    }
    name = String(parts[0])
    self.kind = kind
  }
}

/// Writes answers in the canonical form in which engines are compared: CSV with a header, rows as
/// texts, sorted by code point.
struct BenchAnswer {
  let columns: [BenchColumn]

  /// Returns the canonical text of a result, whose columns are taken in order.
  ///
  /// - Throws: A failure when a value does not fit the form of its column.
  func text(_ result: ReportResult) throws(CommandFailure) -> String {
    guard result.columns.count == columns.count else {
      throw CommandFailure(
        .refused,
        "the report has \(result.columns.count) columns, its answer \(columns.count)"
      )
    }
    var rows: [[String]] = []
    for row in result.rows {
      var cells: [String] = []
      for (cell, column) in zip(row, columns) { cells.append(try text(cell, column)) }
      rows.append(cells)
    }
    // The order of UTF-8 bytes is that of code points.
    rows.sort { left, right in
      for (one, other) in zip(left, right) where one != other {
        return one.utf8.lexicographicallyPrecedes(other.utf8)
      }
      return false
    }
    return ([columns.map(\.name)] + rows).map { row in
      row.map(quoted).joined(separator: ",") + "\n"
    }.joined()
  }

  private func quoted(_ cell: String) -> String {
    guard cell.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return cell }
    return "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }

  private func text(_ cell: ResultCell, _ column: BenchColumn) throws(CommandFailure) -> String {
    switch (column.kind, cell) {
    case (_, .blank): return ""
    case (.str, .text(let text)): return text == "(none)" ? "" : text
    case (.int, .integer(let number)): return "\(number)"
    case (.dec2, .decimal(let amount)) where amount % 100 == 0:
      let digits = String((amount / 100).magnitude)
      let padded = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
      return (amount < 0 ? "-" : "") + padded.dropLast(2) + "." + padded.suffix(2)
    case (.ratio4, .double(let ratio)): return fixed(ratio)
    case (.ratio4, .decimal(let amount)): return fixed(Double(amount) / 10_000)
    case (.month, .integer(let day)): return String(date(day).dropLast(3))
    case (.date, .integer(let day)): return date(day)
    case (.str, _), (.int, _), (.dec2, _), (.ratio4, _), (.month, _), (.date, _):
      throw CommandFailure(
        .refused,
        "\(cell) in column \(column.name) is no \(column.kind.rawValue)"
      )
    }
  }

  private func fixed(_ number: Double) -> String {
    let text = String(format: "%.4f", number)
    return text == "-0.0000" ? "0.0000" : text
  }

  private func date(_ day: Int64) -> String {
    let civil = CivilDay(number: Int32(clamping: day))
    return String(format: "%04d-%02d-%02d", civil.year, civil.month, civil.day)
  }
}
