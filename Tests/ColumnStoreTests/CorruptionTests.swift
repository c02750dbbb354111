@testable import ColumnStore
import TestKit
import Testing

@Suite struct CorruptionTests {
  /// A small store with every kind of file and of column.
  private let files: [String: MappedFile]
  private let expected: [String: Sales.Row]

  init() throws {
    let memory = MemoryDirectory()
    let rule = RetentionRule(versions: 1, grace: .zero)
    let store = try Store.open(memory, mode: .readWrite, retention: rule)
    for round in 1...2 {
      var rows: [Sales.Row] = []
      for index in 0..<(round == 1 ? 70 : 12) {
        var row = Sales.Row(channel: index % 2 == 0 ? "amazon" : "own", order: "o\(index)")
        row.seen = Int64(round)
        row.rate = index % 3 == 0 ? nil : Double(index * round)
        row.amount = index % 4 == 0 ? nil : Int64(index * 100 * round)
        row.note = index % 5 == 0 ? nil : "n\(index)"
        rows.append(row)
      }
      try store.write { transaction in
        try transaction.declare(Sales.schema)
        _ = try transaction.upsert(Sales.batch(rows), into: "sale")
      }
    }
    files = memory.files.reduce(into: [:]) {
      $0[$1.key] = MappedFile(path: $1.key, copying: $1.value)
    }
    expected = try Sales.rows(store.snapshot())
  }

  /// Opens a store with one other file, and says what is wrong with its answer.
  private func flaw(_ path: String, _ bytes: [UInt8]) -> String? {
    var changed = files
    changed[path] = MappedFile(path: path, copying: bytes)
    do {
      let store = try Store.open(CrashImage(files: changed).directory(), mode: .read)
      return try Sales.rows(store.snapshot()) == expected ? nil : "another answer"
    } catch StoreError.damaged {
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func everyKindOfFileIsThere() {
    let kinds = ["manifest-", "segments/", "deletes/", "dictionaries/"]
    for kind in kinds { #expect(files.keys.contains { $0.hasPrefix(kind) }, "\(kind)") }
  }

  @Test func everyChangedByteIsFoundOrHarmless() {
    for (path, file) in files {
      let bytes = file.allBytes
      for place in bytes.indices {
        for value in [bytes[place] ^ 1 << UInt8(place % 8), 0, 0xFF] where value != bytes[place] {
          var changed = bytes
          changed[place] = value
          let flaw = flaw(path, changed)
          #expect(flaw == nil, "\(path) with \(value) at \(place): \(flaw ?? "")")
        }
      }
    }
  }

  @Test func everyTruncationIsFound() {
    for (path, file) in files {
      let bytes = file.allBytes
      for length in bytes.indices {
        let flaw = flaw(path, Array(bytes[..<length]))
        #expect(flaw == nil, "\(path) cut at \(length): \(flaw ?? "")")
      }
      #expect(flaw(path, bytes + [0]) == nil)
    }
  }

  @Test func everyPairOfSwappedFilesIsFound() throws {
    let paths = files.keys.sorted()
    for (number, first) in paths.enumerated() {
      for second in paths[(number + 1)...] {
        #expect(try isNoticed(swapping: first, second), "\(first) and \(second)")
      }
    }
  }

  private func isNoticed(swapping first: String, _ second: String) throws -> Bool {
    var changed = files
    changed[first] = MappedFile(path: first, copying: files[second]?.allBytes ?? [])
    changed[second] = MappedFile(path: second, copying: files[first]?.allBytes ?? [])
    do {
      _ = try Store.open(CrashImage(files: changed).directory(), mode: .read)
      return false
    } catch {
      guard case .damaged = error else { throw error }
      return true
    }
  }

  @Test func aMissingFileIsDamage() throws {
    for path in files.keys where !path.hasPrefix("manifest-") {
      var changed = files
      changed[path] = nil
      #expect(throws: StoreError.damaged(file: path, offset: nil, reason: "it is missing")) {
        try Store.open(CrashImage(files: changed).directory(), mode: .read)
      }
    }
  }

  /// Changes bytes before the seal and seals again, as a malicious writer would.
  private func resealed(
    _ body: [UInt8],
    _ random: inout SeededRandom,
    from start: Int = 0
  ) -> [UInt8] {
    var changed = Array(body.dropLast(8))
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: start..<changed.count, using: &random)
      let choices = [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)]
      changed[place] = choices.randomElement(using: &random) ?? 0
    }
    var writer = ByteWriter()
    writer.append(raw: changed)
    writer.seal()
    return writer.bytes
  }

  @Test func resealedManifestsAndDeletionsNeverTrap() throws {
    var random = SeededRandom(seed: 5)
    let path = try #require(files.keys.first { $0.hasPrefix("manifest-") })
    let deletes = try #require(files.keys.first { $0.hasPrefix("deletes/") })
    let manifest = try #require(files[path]).allBytes
    let deletions = try #require(files[deletes]).allBytes
    var refused = 0
    for _ in 0..<3_000 {
      let changed = MappedFile(path: path, copying: resealed(manifest, &random))
      do { _ = try Manifest.read(changed, version: 2) } catch { refused += 1 }
      let file = MappedFile(path: deletes, copying: resealed(deletions, &random))
      do {
        _ = try DeletionVector.read(file, segment: "x", rowCount: 70)
      } catch { refused += 1 }
    }
    #expect(refused > 1_000)
  }

  @Test func resealedDictionariesNeverTrap() throws {
    var random = SeededRandom(seed: 6)
    let path = try #require(files.keys.first { $0.hasPrefix("dictionaries/order_id") })
    let bytes = try #require(files[path]).allBytes
    var refused = 0
    for _ in 0..<3_000 {
      let file = MappedFile(path: path, copying: resealed(bytes, &random))
      do {
        let chunk = try DictionaryChunk(file, name: "order_id", firstCode: 0, count: 70)
        let dictionary = TextDictionary(name: "order_id", chunks: [chunk])
        for code in 0..<dictionary.count { _ = try dictionary.text(code) }
        _ = try dictionary.code(of: "o9")
      } catch { refused += 1 }
    }
    #expect(refused > 500)
  }

  /// A plan that groups by every column that can be grouped by, and adds up the rest.
  private func plans(_ schema: TableSchema) -> [ScanPlan] {
    let aggregates = schema.fields.filter { $0.type != .string }.flatMap { field in
      [
        Aggregate("least_\(field.name)", .minimum(.column(field.name))),
        Aggregate("greatest_\(field.name)", .maximum(.column(field.name))),
        Aggregate("sum_\(field.name)", .sum(.column(field.name))),
        Aggregate("different_\(field.name)", .countDistinct([.column(field.name)])),
      ]
    }.filter { !["sum_day", "sum_seen"].contains($0.name) }
    let keys = schema.fields.filter { $0.type != .string || $0.dictionaryName != nil }
    return [ScanPlan(table: schema.name, aggregates: aggregates)]
      + keys.map { key in
        ScanPlan(
          table: schema.name,
          keys: [ScanPlan.Key(key.name, .column(key.name))],
          aggregates: aggregates
        )
      }
  }

  @Test func resealedFootersAndTheirPagesNeverTrap() throws {
    let snapshot = try Store.open(CrashImage(files: files).directory(), mode: .read).snapshot()
    let schema = try #require(snapshot.table("sale")).schema
    let plans = plans(schema)
    let pool = ScanPool(threads: 1)
    var scanned = 0
    var random = SeededRandom(seed: 7)
    let path = try #require(files.keys.first { $0.hasPrefix("segments/") })
    let bytes = try #require(files[path]).allBytes
    let trailer = Array(bytes.suffix(SegmentFormat.trailerLength))
    let length = trailer.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    let start = bytes.count - SegmentFormat.trailerLength - length
    let footer = Array(bytes[start..<(bytes.count - SegmentFormat.trailerLength)])
    var decoded = 0
    for number in 0..<2_000 {
      let changed = Array(bytes[..<start]) + resealed(footer, &random) + trailer
      let file = MappedFile(path: path, copying: changed)
      do {
        let segment = try SegmentFile(file, identity: UInt64(number))
        for column in segment.footer.columns.indices {
          for block in segment.footer.columns[column].pages.indices {
            _ = try segment.vector(column: column, block: block)
            decoded += 1
          }
        }
      } catch { continue }
    }
    #expect(decoded > 0)
    for number in 0..<400 {
      let changed = Array(bytes[..<start]) + resealed(footer, &random) + trailer
      do {
        let segment = try Segment(
          SegmentFile(MappedFile(path: path, copying: changed), identity: UInt64(number)),
          schema: schema,
          cache: PageCache(byteBudget: 1 << 20),
          dictionaryCounts: snapshot.dictionaries.mapValues(\.count)
        )
        let table = TableSnapshot(
          schema: schema,
          segments: [LiveSegment(segment: segment, deletions: nil)],
          dictionaries: snapshot.dictionaries
        )
        let tampered = Snapshot(
          manifest: snapshot.manifest,
          tables: ["sale": table],
          dictionaries: snapshot.dictionaries
        )
        let backend = LocalBackend(snapshot: tampered, pool: pool)
        for plan in plans {
          do {
            _ = try backend.executeNow(plan, limits: ScanLimits())
            scanned += 1
          } catch { continue }
        }
      } catch { continue }
    }
    #expect(scanned > 0)
  }

  @Test func changedPagesWithRightChecksumsNeverTrap() throws {
    var random = SeededRandom(seed: 8)
    let count = 100
    let flags = (0..<count).map { $0 % 3 == 0 }
    let encoder = PageEncoder(codec: try ZstdCodec(), effort: .thorough)
    let few = (0..<count).map { [7, 40_000, 900_000][$0 % 3] }
    let mixed = (0..<count).map { ($0 * 7_919) % 100_003 }
    let pages: [(PageEncoder.Page, ColumnType)] = [
      (encoder.encode(integers: (0..<count).map { Int64($0) }, nulls: flags), .int64),
      (encoder.encode(integers: (0..<count).map { Int64($0 * $0) }, nulls: []), .int64),
      (encoder.encode(integers: few.map { Int64($0) }, nulls: flags), .int64),
      (encoder.encode(integers: mixed.map { Int64($0) }, nulls: []), .int64),
      (encoder.encode(codes: (0..<count).map { UInt32($0) }, nulls: flags), .string),
      (encoder.encode(codes: (0..<count).map { UInt32($0 * $0) }, nulls: []), .string),
      (encoder.encode(codes: few.map { UInt32($0) }, nulls: []), .string),
      (encoder.encode(doubles: (0..<count).map { Double($0) }, nulls: flags), .float64),
      (try encoder.encode(texts: (0..<count).map { "t\($0)" }, nulls: flags), .string),
    ]
    var refused = 0
    var forms: Set<CodeCoding.Form> = []
    for (page, type) in pages {
      forms.insert(page.descriptor.coding.form)
      for number in 0..<1_000 {
        var changed = page.bytes
        if number % 10 == 0 {
          changed.removeLast(Int.random(in: 1...changed.count, using: &random))
        } else {
          let place = Int.random(in: changed.indices, using: &random)
          changed[place] = .random(in: 0...255, using: &random)
        }
        let decoder = PageDecoder(descriptor: page.descriptor, type: type, rowCount: count)
        let file = MappedFile(path: "page", copying: changed)
        do {
          let vector = try decoder.decode(file, in: 0..<file.count)
          var rows = ColumnRows(kind: page.descriptor.encoding == .text ? .texts : .integers)
          switch vector.storage {
          case .text: rows.append(vector, rows: Array(0..<count))
          case .constant, .frame, .dictionary, .doubles: break
          }
        } catch { refused += 1 }
      }
    }
    #expect(refused > 0)
    #expect(forms.count > 2)
  }
}
