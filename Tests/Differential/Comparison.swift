import QueryLang

/// Holds an answer of our own against one of an engine, cell by cell.
///
/// The columns of an engine's answer are the kind of the row, each key, and a value and a reason
/// for each metric. All but doubles must be equal; doubles may differ by a last digit or by 1e-12
/// of their size.
struct Comparison {
  static let tolerance = 1e-12

  let result: ReportResult

  /// The first difference in words, or nil.
  func difference(_ answer: AnswerTable) -> String? {
    let keyCount = result.columns.count { $0.role == .key }
    let metricCount = result.columns.count - keyCount
    let width = 1 + keyCount + 2 * metricCount
    guard answer.names.count == width else {
      return "\(answer.names.count) columns instead of \(width)"
    }
    guard answer.rows.count == result.rows.count else {
      return "\(answer.rows.count) rows instead of \(result.rows.count)"
    }
    for (row, cells) in answer.rows.enumerated() {
      if cells[0] != result.rowKinds[row].rawValue {
        return "row \(row + 1) is \(cells[0] ?? "null"), not \(result.rowKinds[row].rawValue)"
      }
      for (place, column) in result.columns.enumerated() {
        let own = result.rows[row][place]
        let isSame: Bool
        let shown: String
        if place < keyCount {
          (isSame, shown) = (isKey(own, column.type, cells[1 + place]), cells[1 + place] ?? "null")
        } else {
          let at = 1 + keyCount + 2 * (place - keyCount)
          isSame = isValue(own, column.type, cells[at], cells[at + 1])
          shown = "\(cells[at] ?? "null") \(cells[at + 1] ?? "")"
        }
        if !isSame {
          return
            "row \(row + 1), \(column.name): \(shown) instead of \(Self.text(own, column.type))"
        }
      }
    }
    return nil
  }

  private func isKey(_ own: ResultCell, _ type: ResultType, _ cell: String?) -> Bool {
    switch own {
    case .blank: return cell == nil
    case .text(let text):
      // Members such as (none) have no value of another type.
      return type == .string ? Self.isSame(text, cell) : cell == nil
    case .integer, .decimal, .double: return cell.map { isNumber(own, type, $0) } ?? false
    }
  }

  private func isValue(
    _ own: ResultCell,
    _ type: ResultType,
    _ cell: String?,
    _ reason: String?
  ) -> Bool {
    if case .blank(let own) = own { return cell == nil && reason == own.rawValue }
    guard let cell, reason == nil else { return false }
    if case .text(let text) = own { return Self.isSame(text, cell) }
    return isNumber(own, type, cell)
  }

  private static func isSame(_ text: String, _ cell: String?) -> Bool {
    cell.map { $0.utf8.elementsEqual(text.utf8) } ?? false
  }

  private func isNumber(_ own: ResultCell, _ type: ResultType, _ cell: String) -> Bool {
    switch own {
    case .integer(let number):
      switch type {
      case .date, .grain: return cell == World.day(Int32(clamping: number)) || cell == "\(number)"
      case .bool: return cell == (number == 0 ? "false" : "true") || cell == "\(number)"
      default: return Self.amount(cell) == Int128(number) * 10_000
      }
    case .decimal(let amount):
      if let exact = Self.amount(cell) { return exact == amount }
      return Double(cell).map { Self.isNear(Double(amount) / 10_000, $0) } ?? false
    case .double(let number):
      return Double(cell).map { Self.isNear(number, $0) } ?? false
    case .text, .blank: return false
    }
  }

  static func isNear(_ one: Double, _ other: Double) -> Bool {
    guard one != other else { return true }
    let size = max(one.magnitude, other.magnitude)
    return (one - other).magnitude <= max(size * tolerance, size.ulp)
  }

  /// A decimal with at most four digits after the point as ten-thousandths, or nil.
  static func amount(_ text: String) -> Int128? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = Int128(parts[0]) else { return nil }
    guard parts.count == 2 else { return whole * 10_000 }
    var digits = String(parts[1])
    while digits.utf8.count > 4, digits.hasSuffix("0") { digits.removeLast() }
    guard digits.utf8.count <= 4, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    digits += String(repeating: "0", count: 4 - digits.utf8.count)
    guard let fraction = Int128(digits) else { return nil }
    return parts[0].hasPrefix("-") ? whole * 10_000 - fraction : whole * 10_000 + fraction
  }

  /// A cell for people.
  static func text(_ cell: ResultCell, _ type: ResultType) -> String {
    switch cell {
    case .integer(let number):
      switch type {
      case .date, .grain: World.day(Int32(clamping: number))
      default: "\(number)"
      }
    case .decimal(let amount): StoredText.decimal(amount)
    case .double(let number): "\(number)"
    case .text(let text): text
    case .blank(let reason): "<\(reason.rawValue)>"
    }
  }
}
