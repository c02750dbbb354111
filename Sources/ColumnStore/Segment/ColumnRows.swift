/// The values of one column for a list of rows, as a writer holds them.
///
/// One of the four arrays is in use. A null row has 0, or the empty text, so that equal rows have
/// equal arrays.
struct ColumnRows: Sendable {
  enum Kind: UInt8, Sendable {
    case integers = 1
    /// Codes of the column's dictionary.
    case codes = 2
    case doubles = 3
    case texts = 4
  }

  let kind: Kind
  var integers: [Int64] = []
  var codes: [UInt32] = []
  var doubles: [Double] = []
  var texts: [String] = []
  /// One flag a row, or nothing when no row is null.
  var nulls: [Bool] = []

  init(kind: Kind) {
    self.kind = kind
  }

  /// Makes an empty column for a field.
  init(for field: Field) {
    if field.type == .string {
      self.init(kind: field.dictionaryName == nil ? .texts : .codes)
    } else {
      self.init(kind: field.type == .float64 ? .doubles : .integers)
    }
  }

  /// The number of rows.
  var count: Int {
    switch kind {
    case .integers: integers.count
    case .codes: codes.count
    case .doubles: doubles.count
    case .texts: texts.count
    }
  }

  func isNull(_ row: Int) -> Bool { !nulls.isEmpty && nulls[row] }

  /// The bytes that one row takes.
  var stride: Int {
    switch kind {
    case .integers, .doubles: 8
    case .codes: 4
    case .texts: 40
    }
  }

  /// Removes all rows and keeps the memory.
  mutating func removeAll() {
    integers.removeAll(keepingCapacity: true)
    codes.removeAll(keepingCapacity: true)
    doubles.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
    nulls.removeAll(keepingCapacity: true)
  }

  /// Makes room for a number of rows.
  mutating func reserveCapacity(_ rows: Int) {
    switch kind {
    case .integers: integers.reserveCapacity(rows)
    case .codes: codes.reserveCapacity(rows)
    case .doubles: doubles.reserveCapacity(rows)
    case .texts: texts.reserveCapacity(rows)
    }
  }

  /// Returns some of the rows in an order of all rows; nil is the order they are in.
  func part(_ places: Range<Int>, in order: [Int]?) -> ColumnRows {
    func take<Value>(_ values: [Value]) -> [Value] {
      guard !values.isEmpty else { return [] }
      guard let order else { return Array(values[places]) }
      var result: [Value] = []
      result.reserveCapacity(places.count)
      for place in places { result.append(values[order[place]]) }
      return result
    }
    var part = ColumnRows(kind: kind)
    part.integers = take(integers)
    part.codes = take(codes)
    part.doubles = take(doubles)
    part.texts = take(texts)
    part.nulls = take(nulls)
    return part
  }

  /// Appends rows of another column of the same kind.
  mutating func append(_ other: ColumnRows, rows: RowList) {
    switch rows {
    case .chosen(let rows): append(other, rows: rows)
    case .range(let rows):
      if !other.nulls.isEmpty || !nulls.isEmpty {
        if nulls.isEmpty { nulls = Array(repeating: false, count: count) }
        if other.nulls.isEmpty {
          nulls.append(contentsOf: repeatElement(false, count: rows.count))
        } else {
          nulls.append(contentsOf: other.nulls[rows])
        }
      }
      switch kind {
      case .integers: integers.append(contentsOf: other.integers[rows])
      case .codes: codes.append(contentsOf: other.codes[rows])
      case .doubles: doubles.append(contentsOf: other.doubles[rows])
      case .texts: texts.append(contentsOf: other.texts[rows])
      }
    }
  }

  /// Appends rows of another column of the same kind.
  mutating func append(_ other: ColumnRows, rows: [Int]) {
    if !other.nulls.isEmpty || !nulls.isEmpty {
      if nulls.isEmpty { nulls = Array(repeating: false, count: count) }
      for row in rows { nulls.append(other.isNull(row)) }
    }
    switch kind {
    case .integers: for row in rows { integers.append(other.integers[row]) }
    case .codes: for row in rows { codes.append(other.codes[row]) }
    case .doubles: for row in rows { doubles.append(other.doubles[row]) }
    case .texts: for row in rows { texts.append(other.texts[row]) }
    }
  }

  /// Appends rows without a value.
  mutating func appendNulls(_ added: Int) {
    if nulls.isEmpty { nulls = Array(repeating: false, count: count) }
    nulls.append(contentsOf: repeatElement(true, count: added))
    switch kind {
    case .integers: integers.append(contentsOf: repeatElement(0, count: added))
    case .codes: codes.append(contentsOf: repeatElement(0, count: added))
    case .doubles: doubles.append(contentsOf: repeatElement(0, count: added))
    case .texts: texts.append(contentsOf: repeatElement("", count: added))
    }
  }

  /// Replaces a row by one of another column of the same kind.
  mutating func replace(_ row: Int, by other: ColumnRows, row source: Int) {
    if other.isNull(source), nulls.isEmpty { nulls = Array(repeating: false, count: count) }
    if !nulls.isEmpty { nulls[row] = other.isNull(source) }
    switch kind {
    case .integers: integers[row] = other.integers[source]
    case .codes: codes[row] = other.codes[source]
    case .doubles: doubles[row] = other.doubles[source]
    case .texts: texts[row] = other.texts[source]
    }
  }

  /// Tells whether two rows have the same value; doubles compare by their bits.
  func equals(_ row: Int, _ other: ColumnRows, row otherRow: Int) -> Bool {
    guard isNull(row) == other.isNull(otherRow) else { return false }
    return switch kind {
    case .integers: integers[row] == other.integers[otherRow]
    case .codes: codes[row] == other.codes[otherRow]
    case .doubles: doubles[row].bitPattern == other.doubles[otherRow].bitPattern
    case .texts: texts[row] == other.texts[otherRow]
    }
  }

  /// Clears `equal[i]` where row `rows[i]` differs from row `otherRows[i]` of another column.
  func compare(_ rows: [Int], _ other: ColumnRows, _ otherRows: [Int], into equal: inout [Bool]) {
    if !nulls.isEmpty || !other.nulls.isEmpty {
      for i in rows.indices where isNull(rows[i]) != other.isNull(otherRows[i]) {
        equal[i] = false
      }
    }
    switch kind {
    case .integers:
      for i in rows.indices where integers[rows[i]] != other.integers[otherRows[i]] {
        equal[i] = false
      }
    case .codes:
      for i in rows.indices where codes[rows[i]] != other.codes[otherRows[i]] {
        equal[i] = false
      }
    case .doubles:
      for i in rows.indices
      where doubles[rows[i]].bitPattern != other.doubles[otherRows[i]].bitPattern {
        equal[i] = false
      }
    case .texts:
      for i in rows.indices where texts[rows[i]] != other.texts[otherRows[i]] {
        equal[i] = false
      }
    }
  }

  /// Mixes the value of every row into its hash; of key columns only, which are integers or codes.
  func mix(into hashes: inout [UInt64]) {
    switch kind {
    case .integers:
      for row in hashes.indices {
        hashes[row] = KeyHash.mix(hashes[row], UInt64(bitPattern: integers[row]))
      }
    case .codes:
      for row in hashes.indices { hashes[row] = KeyHash.mix(hashes[row], UInt64(codes[row])) }
    case .doubles:
      for row in hashes.indices { hashes[row] = KeyHash.mix(hashes[row], doubles[row].bitPattern) }
    case .texts:
      for row in hashes.indices {
        hashes[row] = KeyHash.mix(hashes[row], Checksum.of(text: texts[row].utf8.span))
      }
    }
  }
}

/// How the values of a key become one number.
enum KeyHash {
  static let seed: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// Mixes the next value of a key into its hash.
  @inline(__always)
  static func mix(_ hash: UInt64, _ value: UInt64) -> UInt64 {
    var mixed = (hash ^ value) &* 0xBF58_476D_1CE4_E5B9
    mixed ^= mixed >> 32
    mixed = mixed &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 29)
  }
}
