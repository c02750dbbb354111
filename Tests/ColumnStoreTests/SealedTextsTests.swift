@testable import ColumnStore
import TestKit
import Testing

@Suite struct SealedTextsTests {
  private func files(_ directory: any StoreDirectory) -> TransactionFiles {
    TransactionFiles(directory: directory, after: Manifest(), epoch: 1)
  }

  private func text(_ number: Int) -> String {
    switch number % 4 {
    case 0: "ORD-\(1_000_000 + number)"
    case 1: "#\(number)"
    case 2: "straße \(number)"
    default: String(UInt64(number) &* 0x9E37_79B9_7F4A_7C15, radix: 36)
    }
  }

  // MARK: - The index

  @Test(arguments: [0, 1, 63, 64, 65, 3_071, 3_072, 4_097, 65_536, 800_000])
  func anIndexOfPiecesIsThatOfTheWhole(count: Int) throws {
    var random = SeededRandom(seed: UInt64(count))
    let hashes = (0..<count).map { _ in UInt32.random(in: 0 ... .max, using: &random) }
    let directory = MemoryDirectory()
    let files = files(directory)
    var sources: [HashSource] = []
    var first = 0
    while first < count {
      let end = min(count, first + Int.random(in: 1...max(1, count / 3), using: &random))
      let part = HashPartitions(Array(hashes[first..<end]))
      if Bool.random(using: &random) {
        sources.append(.memory(part, firstPlace: first))
      } else {
        sources.append(.file(try SpilledHashes(part, files: files), firstPlace: first))
      }
      first = end
    }
    let whole = TextIndexWriter.write(hashes)
    let writer = TextIndexWriter(sources, shape: whole.shape)
    var regions: [TextIndex.Region] = []
    var bytes: [UInt8] = []
    for number in 0..<writer.sliceCount {
      let slice = try writer.slice(number)
      regions.append(contentsOf: slice.regions)
      bytes.append(contentsOf: slice.bytes)
    }
    #expect(regions == whole.regions)
    #expect(bytes == whole.bytes)
    #expect(regions == naiveRegions(hashes, whole.shape))
    files.removeScratch()
    #expect(directory.files.isEmpty)
  }

  /// Makes the index bucket by bucket, and bit by bit.
  private func naiveRegions(
    _ hashes: [UInt32],
    _ shape: TextIndex.Shape
  ) -> [TextIndex.Region] {
    var buckets = [[UInt64]](repeating: [], count: 1 << Int(shape.bucketBits))
    for (place, half) in hashes.enumerated() {
      let hash = UInt64(half) << 32
      let entry = UInt64(place / 32) << UInt64(shape.restBits) | shape.rest(hash)
      buckets[shape.bucket(hash)].append(entry)
    }
    return (0..<shape.regionCount).map { number in
      let start = number * shape.bucketsOfRegion
      let own = buckets[start..<(start + shape.bucketsOfRegion)]
      let count = own.reduce(0) { $0 + $1.count }
      let width = count <= 65_535 ? 2 : 4
      var bytes: [UInt8] = []
      var end = 0
      for bucket in own {
        end += bucket.count
        for place in 0..<width { bytes.append(UInt8(end >> (8 * place) & 0xFF)) }
      }
      var bits: [Bool] = []
      for entry in own.joined() {
        for place in 0..<shape.entryBits { bits.append(entry >> UInt64(place) & 1 == 1) }
      }
      while bits.count % 64 != 0 { bits.append(false) }
      for start in stride(from: 0, to: bits.count, by: 8) {
        bytes.append((0..<8).reduce(0) { $0 | (bits[start + $1] ? 1 << UInt8($1) : 0) })
      }
      bytes += [UInt8](repeating: 0, count: 8)
      return TextIndex.Region(count: count, width: width, checksum: Checksum.of(bytes))
    }
  }

  @Test func anIndexThatIsMadeTwiceIsTheSame() throws {
    var added = AddedTexts(name: "d", firstCode: 0)
    for number in 0..<70_000 { try added.append(text(number).utf8.span) }
    let chunks = try added.encoded(after: TextRun())
    var parts = DictionaryParts(name: "d")
    parts.append(chunks, hashes: try chunks.flatMap { try $0.all().hashes })
    let directory = MemoryDirectory()
    for (name, limit) in [("kept", 70_000), ("again", 69_999)] {
      _ = try parts.write(to: directory.create(name), keptIndexCount: limit)
    }
    #expect(directory.files["kept"] == directory.files["again"])
  }

  // MARK: - The filter

  @Test func aFilterKnowsEveryTextAndFewOthers() {
    var random = SeededRandom(seed: 8)
    for count in [0, 1, 100, 10_000, 300_000] {
      var filter = TextFilter(count: count)
      let hashes = (0..<count).map { _ in UInt64.random(in: 0 ... .max, using: &random) }
      for hash in hashes { filter.insert(UInt32(truncatingIfNeeded: hash >> 32)) }
      #expect(hashes.allSatisfy { filter.mayHave($0) })
      let others = (0..<20_000).count { _ in
        filter.mayHave(UInt64.random(in: 0 ... .max, using: &random))
      }
      #expect(others < 800, "\(others) of 20,000 others pass a filter of \(count)")
    }
  }

  @Test func aFilterStopsGrowingAndStillKnowsEveryText() {
    var filter = TextFilter(count: 100_000, wordLimit: 64)
    #expect(filter.hasRoom(for: 100_000, wordLimit: 64))
    #expect(!TextFilter(count: 10).hasRoom(for: 1_000))
    for half in stride(from: UInt32(0), to: .max - 50_000, by: 50_000) { filter.insert(half) }
    for half in stride(from: UInt32(0), to: .max - 50_000, by: 50_000) {
      #expect(filter.mayHave(UInt64(half) << 32))
    }
  }

  // MARK: - Dictionaries

  @Test(arguments: 1...12)
  func aSealedDictionaryGivesTheCodesOfAPlainOne(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let directory = MemoryDirectory()
    let files = files(directory)
    var writer = DictionaryWriter(TextDictionary(name: "d", chunks: []))
    var codes: [String: UInt32] = [:]
    let kinds = [20, 3_000, 40_000].randomElement(using: &random) ?? 20
    for _ in 0..<40 {
      let texts = (0..<Int.random(in: 0...400, using: &random)).map { _ in
        text(Int.random(in: 0..<kinds, using: &random))
      }
      for (text, code) in zip(texts, try writer.codes(of: TextList(texts))) {
        #expect(codes[text] ?? UInt32(codes.count) == code, "seed \(seed)")
        codes[text] = code
      }
      if Int.random(in: 0..<3, using: &random) > 0 { try writer.seal(files) }
      #expect(writer.sealed.count < 12)
    }
    #expect(writer.count == codes.count)
    let view = TextDictionary(name: "d", chunks: try writer.pieces())
    for (text, code) in codes {
      #expect(try writer.text(Int(code)) == text)
      #expect(try view.text(Int(code)) == text)
      #expect(try view.code(of: text) == code)
    }
    let made = try writer.makeExtension(files)
    #expect(made.keptChunks == 0)
    #expect(made.files.count == 1)
    _ = try made.files[0].write(to: directory.create("d"))
    files.removeScratch()
    #expect(directory.files.keys.sorted() == ["d"])
    let chunk = try DictionaryChunk(
      directory.map("d"),
      name: "d",
      firstCode: 0,
      count: codes.count
    )
    try chunk.verify()
    for (text, code) in codes { #expect(try chunk.text(Int(code)) == text) }
  }

  // MARK: - Transactions

  private func take(
    _ numbers: [Range<Int>],
    into directory: any StoreDirectory,
    limit: Int
  ) throws {
    let rule = RetentionRule(versions: 1, grace: .zero)
    let store = try Store.open(directory, mode: .readWrite, retention: rule)
    try store.write { transaction in
      transaction.textByteLimit = limit
      try transaction.declare(Sales.schema)
      for range in numbers {
        let rows = range.map { Sales.Row(channel: "own", order: text($0), note: "n\($0)") }
        _ = try transaction.upsert(Sales.batch(rows), into: "sale")
      }
    }
  }

  private func contents(_ directory: any StoreDirectory) throws -> [String: Sales.Row] {
    try Sales.rows(Store.open(directory, mode: .read).snapshot())
  }

  @Test func aCommitLeavesOneFileOfADictionaryAndNoScratch() throws {
    let directory = MemoryDirectory()
    let plain = MemoryDirectory()
    var end = 0
    for count in [50, 3_000, 2, 900, 9_000] {
      let ranges = (0..<10).map { number in
        (end + number * count / 10 - (end > 0 ? 1 : 0))..<(end + (number + 1) * count / 10)
      }
      try take(ranges, into: directory, limit: 0)
      try take(ranges, into: plain, limit: .max)
      end += count
      #expect(!directory.files.keys.contains { $0.hasSuffix(".tmp") })
      let names = directory.files.keys.filter { $0.hasPrefix("dictionaries/") }
      let others = plain.files.keys.filter { $0.hasPrefix("dictionaries/") }
      #expect(names.count == others.count)
      #expect(try contents(directory) == contents(plain))
      let damages = try Store.open(directory, mode: .inspect).verify(.everything).damages
      #expect(damages.isEmpty, "\(damages)")
    }
    #expect(try contents(directory).count == end)
  }

  @Test func aTransactionThatChangesNothingLeavesNoScratch() throws {
    let directory = MemoryDirectory()
    try take([0..<40], into: directory, limit: .max)
    let before = directory.files.keys.sorted()
    let store = try Store.open(directory, mode: .readWrite)
    try store.write { transaction in
      transaction.textByteLimit = 0
      _ = try transaction.codes(of: TextList(["never", "seen"]), in: "order_id")
      _ = try transaction.codes(of: TextList(["before"]), in: "order_id")
      #expect(directory.files.keys.contains { $0.hasSuffix(".tmp") })
    }
    #expect(directory.files.keys.sorted() == before)
  }

  @Test(arguments: [false, true])
  func everyRefusedOperationLeavesAWholeStore(isLasting: Bool) throws {
    let all = [0..<6, 5..<7, 7..<9, 8..<10]
    let complete = MemoryDirectory()
    try take([0..<5], into: complete, limit: .max)
    let before = try contents(complete)
    try take(all, into: complete, limit: .max)
    let after = try contents(complete)
    var operation = 0
    while true {
      let memory = MemoryDirectory()
      try take([0..<5], into: memory, limit: .max)
      let fault = FailingDirectory.Fault(operation: operation, code: 28, isLasting: isLasting)
      let failing = FailingDirectory(memory, fault: fault)
      do {
        try take(all, into: failing, limit: 0)
      } catch let error as StoreError {
        guard case .system = error else {
          Issue.record("operation \(operation) ended with \(error)")
          return
        }
        let found = try contents(memory)
        #expect(found == before || found == after, "operation \(operation)")
      }
      try take(all, into: memory, limit: 0)
      #expect(try contents(memory) == after, "operation \(operation), again")
      // The next commit removes what was left; the one before may have had nothing to do.
      try take([10..<11], into: memory, limit: .max)
      #expect(!memory.files.keys.contains { $0.hasSuffix(".tmp") }, "operation \(operation)")
      guard failing.operationCount > operation else { break }
      operation += 1
    }
    #expect(operation > 100)
  }

  @Test(arguments: ["dictionaries/texts.", "dictionaries/hashes."])
  func aDamagedScratchFileIsAnErrorAndNothingIsCommitted(prefix: String) throws {
    for place in [0, 20, 60, 500, 4_000] {
      let memory = MemoryDirectory()
      let damaging = DamagingDirectory(base: memory, prefix: prefix, place: place)
      let error = #expect(throws: StoreError.self) {
        try take([0..<400, 200..<900, 900..<1_500], into: damaging, limit: 0)
      }
      guard case .damaged(let file, _, _)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(file.hasPrefix(prefix))
      #expect(memory.files.keys.filter { $0 != "lock" }.isEmpty)
    }
  }
}

/// Changes one byte of files whose names begin so, as they are opened.
private struct DamagingDirectory: ForwardingDirectory {
  let base: any StoreDirectory
  let prefix: String
  let place: Int

  func map(_ path: String) throws(StoreError) -> MappedFile {
    let file = try base.map(path)
    guard path.hasPrefix(prefix), file.count > 0 else { return file }
    var bytes = file.allBytes
    bytes[place % bytes.count] ^= 4
    return MappedFile(path: path, copying: bytes)
  }
}
