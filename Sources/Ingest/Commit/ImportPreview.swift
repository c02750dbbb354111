import ColumnStore

/// What an import of a file would do, without doing it.
public struct ImportPreview: Sendable, Equatable {
  /// How one canonical column comes about.
  public struct Line: Sendable, Equatable {
    /// The canonical column.
    public let column: String
    /// Where it comes from, in words.
    public let source: String
    /// The type of the column.
    public let type: String
  }

  /// The path as it was given.
  public let file: String
  /// The channel's slug.
  public let channel: String
  /// The data set's name.
  public let dataset: String
  /// The canonical table.
  public let table: String
  /// The encoding that was found.
  public let encoding: String
  /// The delimiter that was found: `comma`, `tab`, `semicolon` or `pipe`.
  public let delimiter: String
  /// The mapping, in the order of the definition.
  public let mapping: [Line]
  /// The names of the columns of `rows`.
  public let columns: [String]
  /// The first rows as they would be stored; blanks are empty.
  public let rows: [[String]]
  /// The issues of the first page.
  public let issues: [MappingIssue]
}

extension Importer {
  /// Shows the mapping and the first rows of a file; nothing is written.
  ///
  /// - Throws: `IngestError` as an import would.
  public func preview(
    _ path: String,
    _ request: ImportRequest = ImportRequest(),
    rowLimit: Int = 5
  ) throws(IngestError) -> ImportPreview {
    let file = try surveyedFile(path, request)
    let key = [UInt8](repeating: 0, count: 32)
    var normaliser = file.normaliser(customerKey: key)
    let version = try file.version(for: normaliser)
    var reader = try file.reader()
    guard let decoded = try reader.next() else { throw .empty(path: path) }
    var memory = normaliser.makeMemory()
    let page = normaliser.normalise(normaliser.prepare(decoded, &memory), fileVersion: version)
    if let cutOff = page.cutOff { throw file.error(cutOff) }
    let dataset = file.recognised.dataset
    let schema = dataset.shape.schema
    let fields = schema.fields.filter { page.batch.columns[$0.name] != nil }
    return ImportPreview(
      file: path,
      channel: file.recognised.channel.name,
      dataset: dataset.name,
      table: dataset.table,
      encoding: file.top.encoding.rawValue,
      delimiter: ImportPreview.name(ofDelimiter: file.recognised.dialect.delimiter),
      mapping: dataset.columns.map { column in
        ImportPreview.Line(
          column: column.name,
          source: column.rule.described(with: file.recognised.header),
          type: schema.field(column.name).map { "\($0.type)" } ?? "string"
        )
      },
      columns: fields.map(\.name),
      rows: (0..<min(rowLimit, page.batch.rowCount)).map { row in
        fields.map { ImportPreview.text(page.batch, $0, row: row) }
      },
      issues: Array(page.issues.prefix(IngestLimits.shownIssues))
    )
  }
}

extension ImportPreview {
  fileprivate static func name(ofDelimiter byte: UInt8) -> String {
    switch byte {
    case 0x09: "tab"
    case 0x2C: "comma"
    case 0x3B: "semicolon"
    default: "pipe"
    }
  }

  fileprivate static func text(_ batch: RowBatch, _ field: Field, row: Int) -> String {
    if field.type == .string { return batch.text(field.name, row: row) ?? "" }
    guard let value = batch.integer(field.name, row: row) else { return "" }
    switch field.type {
    case .decimal: return amount(value)
    case .date: return CalendarDay.text(value)
    case .timestamp:
      let day: Int64 = 86_400_000_000
      let days = value >= 0 ? value / day : (value - day + 1) / day
      let seconds = (value - days * day) / 1_000_000
      let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { part in
        part < 10 ? "0\(part)" : "\(part)"
      }
      return CalendarDay.text(days) + "T" + clock.joined(separator: ":") + "Z"
    case .bool: return value == 0 ? "false" : "true"
    case .int32, .int64, .float64, .string: return "\(value)"
    }
  }

  /// Ten-thousandths with at least two decimals.
  private static func amount(_ value: Int64) -> String {
    let digits = String(value.magnitude)
    let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    var decimals = String(padded.suffix(4))
    while decimals.count > 2, decimals.last == "0" { decimals.removeLast() }
    return (value < 0 ? "-" : "") + padded.dropLast(4) + "." + decimals
  }
}

extension ColumnRule {
  /// Where the value comes from, in words; headers that the file lacks are marked.
  fileprivate func described(with header: FileHeader) -> String {
    func named(_ name: String) -> String {
      header.position(of: name) == nil ? "'\(name)' (not in this file)" : "'\(name)'"
    }
    switch source {
    case .field(let aliases):
      let present = aliases.first { header.position(of: $0) != nil }
      return named(present ?? aliases.first ?? "")
    case .constant(let text): return "always '\(text)'"
    case .joined(let parts, let separator):
      return parts.map { part in
        switch part {
        case .field(let name): named(name)
        case .occurrence: "$occurrence"
        }
      }.joined(separator: " '\(separator)' ")
    case .first(let rules):
      return "the first of " + rules.map { $0.described(with: header) }.joined(separator: ", ")
    case .expression(let expression): return expression.description
    }
  }
}

extension RowExpression: CustomStringConvertible {
  var description: String {
    switch self {
    case .field(let name): "'\(name)'"
    case .number(let value): value % 10_000 == 0 ? "\(value / 10_000)" : "\(value)e-4"
    case .add(let left, let right): "(\(left) + \(right))"
    case .subtract(let left, let right): "(\(left) - \(right))"
    case .multiply(let left, let right): "\(left) * \(right)"
    case .coalesce(let parts): "coalesce(\(parts.map(\.description).joined(separator: ", ")))"
    }
  }
}
