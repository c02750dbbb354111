import ColumnStore
import TestKit

/// A store in memory with a random fact table and a small table of cities, and the same rows in
/// plain form.
struct ScanFixture {
  typealias Row = [String: Scalar]

  static let facts = TableSchema(
    name: "facts",
    fields: [
      Field("id", .int64),
      Field("tiny", .int32, nullable: true),
      Field("amount", .decimal, nullable: true),
      Field("large", .int64),
      Field("open", .bool, nullable: true),
      Field("day", .date),
      Field("at", .timestamp, nullable: true),
      Field("ratio", .float64, nullable: true),
      Field("channel", .string, nullable: true),
      Field("city", .string, nullable: true),
      Field("note", .string, nullable: true, text: .plain),
    ],
    primaryKey: ["id"],
    sortOrder: ["day"]
  )

  static let cities = TableSchema(
    name: "cities",
    fields: [
      Field("city", .string),
      Field("tier", .int32, nullable: true),
      Field("region", .string, nullable: true),
      Field("opened", .date, nullable: true),
      Field("weight", .float64, nullable: true),
      Field("title", .string, nullable: true, text: .plain),
      Field("parent", .string, nullable: true, text: .dictionary("city")),
    ],
    primaryKey: ["city"]
  )

  let snapshot: Snapshot
  let factRows: [Row]
  let cityRows: [Row]

  /// Writes `batches` batches of `rows` rows; later ones replace some rows of earlier ones.
  init(seed: UInt64, batches: Int, rows: Int) throws {
    var random = SeededRandom(seed: seed)
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    var facts: [Int64: Row] = [:]
    for batch in 0..<batches {
      var made: [Row] = []
      for place in 0..<rows {
        let isNew = batch == 0 || Int.random(in: 0..<4, using: &random) > 0
        let id = isNew ? batch * rows + place : (batch - 1) * rows + place
        made.append(Self.fact(Int64(id), batch: batch, &random))
      }
      for row in made { if case .integer(let id) = row["id"] { facts[id] = row } }
      let columns = Self.batch(made, Self.facts)
      try store.write { transaction in
        try transaction.declare(Self.facts)
        _ = try transaction.upsert(columns, into: "facts")
      }
    }
    var cities: [Row] = []
    for number in 0..<9 where number % 4 != 3 { cities.append(Self.city(number, &random)) }
    let columns = Self.batch(cities, Self.cities)
    try store.write { transaction in
      try transaction.declare(Self.facts)
      try transaction.declare(Self.cities)
      _ = try transaction.upsert(columns, into: "cities")
    }
    snapshot = try store.snapshot()
    factRows = facts.values.sorted { Self.integer($0["id"]) < Self.integer($1["id"]) }
    cityRows = cities
  }

  static func integer(_ scalar: Scalar?) -> Int64 {
    if case .integer(let value) = scalar { value } else { 0 }
  }

  static func fact(_ id: Int64, batch: Int, _ random: inout SeededRandom) -> Row {
    func maybe(_ scalar: Scalar) -> Scalar {
      Int.random(in: 0..<6, using: &random) == 0 ? .null : scalar
    }
    let day = Int64(19_700 + batch * 40) + Int64.random(in: 0..<120, using: &random)
    let second = day * 86_400 + Int64.random(in: 0..<86_400, using: &random)
    return [
      "id": .integer(id),
      "tiny": maybe(.integer(Int64.random(in: -3...9, using: &random))),
      "amount": maybe(.integer(Int64.random(in: -90_000...900_000, using: &random) * 100)),
      "large": .integer(Int64.random(in: -(1 << 40)...(1 << 40), using: &random)),
      "open": maybe(.integer(Int64.random(in: 0...1, using: &random))),
      "day": .integer(day),
      "at": maybe(.integer(second * 1_000_000)),
      "ratio": maybe(.double(Double(Int.random(in: -20...20, using: &random)) / 4)),
      "channel": maybe(
        .string(["amazon", "Shopify", "zepto", "ÅRHUS"].randomElement(using: &random) ?? "")
      ),
      "city": maybe(.string("city \(Int.random(in: 0..<10, using: &random))")),
      "note": maybe(.string("note \(Int.random(in: 0..<5, using: &random)) ÄÖ")),
    ]
  }

  static func city(_ number: Int, _ random: inout SeededRandom) -> Row {
    [
      "city": .string("city \(number)"),
      "tier": number == 4 ? .null : .integer(Int64(number % 3)),
      "region": number == 5 ? .null : .string(number % 2 == 0 ? "north" : "South"),
      "opened": .integer(18_000 + Int64(number) * 50),
      "weight": number == 6 ? .null : .double(Double(number) / 2),
      "title": number == 1 ? .null : .string("Title \(number / 2)"),
      "parent": number == 2 ? .null : .string("city \((number + 3) % 11)"),
    ]
  }

  static func batch(_ rows: [Row], _ schema: TableSchema) -> RowBatch {
    var columns: [String: RowBatch.Column] = [:]
    for field in schema.fields {
      let scalars = rows.map { $0[field.name] ?? .null }
      let flags = scalars.map { $0 == .null }
      let nulls = flags.contains(true) ? RowNulls(flags: flags) : .none
      switch field.type {
      case .float64:
        columns[field.name] = .doubles(
          scalars.map { if case .double(let value) = $0 { value } else { 0 } },
          nulls: nulls
        )
      case .string:
        var values: [String] = []
        var codes: [String: UInt32] = [:]
        let coded = scalars.map { scalar -> UInt32 in
          guard case .string(let text) = scalar else { return 0 }
          if let code = codes[text] { return code }
          codes[text] = UInt32(values.count)
          values.append(text)
          return UInt32(values.count - 1)
        }
        columns[field.name] = .strings(
          codes: coded,
          values: values.isEmpty ? [""] : values,
          nulls: nulls
        )
      case .int32, .int64, .decimal, .bool, .date, .timestamp:
        columns[field.name] = .integers(scalars.map(integer), nulls: nulls)
      }
    }
    return RowBatch(columns: columns, rowCount: rows.count)
  }
}
