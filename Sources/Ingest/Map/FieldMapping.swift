/// A column rule bound to the positions of a file's header.
struct FieldMapping: Sendable {
  /// Where the value comes from, by position; a header that the file lacks is nil.
  indirect enum Source: Sendable {
    case field(Int?)
    case constant(String)
    case joined([Part], separator: String)
    case first([FieldMapping])
    case expression(Arithmetic)
  }

  enum Part: Sendable, Equatable {
    case field(Int?)
    case occurrence
  }

  /// An expression by position.
  indirect enum Arithmetic: Sendable {
    case field(Int?)
    case number(Int64)
    case binary(Operator, Arithmetic, Arithmetic)
    case coalesce([Arithmetic])
  }

  enum Operator: Sendable {
    case add, subtract, multiply
  }

  let source: Source
  let type: ColumnRule.ValueType?
  /// Patterns that the file may use; one once the file has decided.
  var patterns: [DatePattern]
  let map: ColumnRule.WordMap?
  let cleaning: [ColumnRule.Cleaning]
  let sign: (position: Int, equals: String)?
  let hasDecimalComma: Bool
  let isRequired: Bool
  let identity: ColumnRule.Identity
  /// The position that messages name.
  let position: Int?

  /// Binds a rule to a header.
  init(_ rule: ColumnRule, header: FileHeader) {
    source = FieldMapping.source(rule.source, header: header)
    type = rule.type
    patterns = rule.patterns
    map = rule.map
    cleaning = rule.cleaning
    sign = rule.sign.flatMap { sign in
      header.position(of: sign.column).map { ($0, sign.equals) }
    }
    hasDecimalComma = rule.hasDecimalComma
    isRequired = rule.isRequired
    identity = rule.identity
    position = rule.headers.lazy.compactMap { header.position(of: $0) }.first
  }

  /// Tells whether the value has the number of the row among rows with the same key.
  var isNumbered: Bool {
    switch source {
    case .joined(let parts, _): parts.contains(.occurrence)
    case .first(let mappings): mappings.contains(where: \.isNumbered)
    case .field, .constant, .expression: false
    }
  }

  private static func source(_ source: ColumnRule.Source, header: FileHeader) -> Source {
    switch source {
    case .field(let aliases):
      return .field(aliases.lazy.compactMap { header.position(of: $0) }.first)
    case .constant(let text): return .constant(text)
    case .joined(let parts, let separator):
      let bound = parts.map { part in
        switch part {
        case .field(let name): Part.field(header.position(of: name))
        case .occurrence: Part.occurrence
        }
      }
      return .joined(bound, separator: separator)
    case .first(let rules): return .first(rules.map { FieldMapping($0, header: header) })
    case .expression(let expression): return .expression(arithmetic(expression, header: header))
    }
  }

  private static func arithmetic(_ expression: RowExpression, header: FileHeader) -> Arithmetic {
    switch expression {
    case .field(let name): .field(header.position(of: name))
    case .number(let value): .number(value)
    case .add(let left, let right):
      .binary(.add, arithmetic(left, header: header), arithmetic(right, header: header))
    case .subtract(let left, let right):
      .binary(.subtract, arithmetic(left, header: header), arithmetic(right, header: header))
    case .multiply(let left, let right):
      .binary(.multiply, arithmetic(left, header: header), arithmetic(right, header: header))
    case .coalesce(let parts): .coalesce(parts.map { arithmetic($0, header: header) })
    }
  }
}

/// The names of a file's columns and where they stand.
struct FileHeader: Sendable, Equatable {
  /// The names as the file writes them.
  let names: [String]
  /// The line on which the header begins; 0 where the file has none.
  let line: Int
  private let positions: [String: Int]

  /// Takes the names; of a name that occurs twice the second is called `name#2`.
  init(names: [String], line: Int) {
    self.names = names
    self.line = line
    var positions: [String: Int] = [:]
    for (position, name) in names.enumerated() {
      let normalised = HeaderText.normalised(name)
      guard !normalised.isEmpty else { continue }
      var unique = normalised
      var number = 2
      while positions[unique] != nil {
        unique = "\(normalised)#\(number)"
        number += 1
      }
      positions[unique] = position
    }
    self.positions = positions
  }

  /// The normalised names.
  var normalised: Set<String> { Set(positions.keys) }

  /// Returns where a column stands, whatever its spelling, or nil.
  func position(of name: String) -> Int? {
    positions[HeaderText.normalised(name)]
  }
}
