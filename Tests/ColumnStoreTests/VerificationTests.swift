import ColumnStore
import Testing

@Suite struct VerificationTests {
  /// A store of two commits, so that it has segments, deletions and dictionaries.
  private func files() throws -> [String: [UInt8]] {
    let directory = MemoryDirectory()
    let store = try Store.open(directory, mode: .readWrite)
    for amount in [10_000, 20_000] as [Int64] {
      let rows = (0..<500).map {
        Sales.Row(channel: "a", order: "\($0)", amount: amount, seen: amount)
      }
      try store.write { transaction in
        try transaction.declare(Sales.schema)
        _ = try transaction.upsert(Sales.batch(rows), into: "sale")
      }
    }
    return directory.files
  }

  private func verify(
    _ files: [String: [UInt8]],
    _ depth: VerificationDepth
  ) throws -> Verification {
    let directory = MemoryDirectory(files: files)
    return try Store.open(directory, mode: .read).verify(depth)
  }

  @Test func aWholeStoreHasNoDamage() throws {
    let files = try files()
    let structure = try verify(files, .structure)
    let everything = try verify(files, .everything)
    #expect(structure.damages == [] && everything.damages == [])
    #expect(structure.pageCount == 0 && everything.pageCount >= Sales.schema.fields.count)
    #expect(everything.version == 2)
    #expect(everything.fileCount > 0 && everything.byteCount > 0)
  }

  @Test func everyByteOfEverySegmentIsLookedAt() throws {
    let files = try files()
    let segments = files.keys.filter { $0.hasPrefix("segments/") }.sorted()
    #expect(!segments.isEmpty)
    for path in segments {
      let bytes = try #require(files[path])
      let isLive = try isLive(path, in: files)
      for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 23)) {
        var damaged = files
        damaged[path]?[place] ^= 0x10
        let store: Store
        do {
          store = try Store.open(MemoryDirectory(files: damaged), mode: .read)
        } catch {
          // Damage that opening sees is no verification's business.
          continue
        }
        let found = try store.verify(.everything)
        let names = found.damages.map(\.description)
        #expect(
          names.contains { $0.contains(path) } || !isLive,
          "byte \(place) of \(path)"
        )
      }
    }
  }

  /// Segments of retired versions may still lie there and are not part of the newest one.
  private func isLive(_ path: String, in files: [String: [UInt8]]) throws -> Bool {
    var without = files
    without[path] = nil
    do {
      _ = try Store.open(MemoryDirectory(files: without), mode: .read)
      return false
    } catch {
      return true
    }
  }
}
