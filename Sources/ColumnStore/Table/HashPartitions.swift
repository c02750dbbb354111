/// The upper halves of the hashes of texts with the places of the texts, apart by the first bits of
/// the hash and in each part by place.
///
/// So the index of many texts is made part by part, and takes the memory of one.
struct HashPartitions: Sendable {
  /// The bits of a hash that say in which part it is.
  static let bits = 8
  /// The number of parts.
  static let count = 1 << bits

  /// The hash in the upper half, the place in the lower one.
  let pairs: [UInt64]
  /// Where each part begins in `pairs`, and where the last one ends.
  let starts: [Int]

  /// Takes hashes in the order of their places, which begin with 0.
  init(_ hashes: [UInt32]) {
    var starts = [Int](repeating: 0, count: Self.count + 1)
    for hash in hashes { starts[Self.part(of: hash) &+ 1] &+= 1 }
    for part in 0..<Self.count { starts[part + 1] += starts[part] }
    var next = starts
    var pairs = [UInt64](repeating: 0, count: hashes.count)
    for place in hashes.indices {
      let part = Self.part(of: hashes[place])
      pairs[next[part]] = UInt64(hashes[place]) << 32 | UInt64(place)
      next[part] &+= 1
    }
    self.pairs = pairs
    self.starts = starts
  }

  @inline(__always)
  private static func part(of hash: UInt32) -> Int {
    Int(truncatingIfNeeded: hash >> (32 - UInt32(bits)))
  }
}

/// The same in a scratch file, which is checked part by part as it is read.
struct SpilledHashes: Sendable {
  /// The name of the file.
  let temporary: String
  private let file: MappedFile
  private let starts: [Int]
  private let checksums: [UInt64]

  /// Writes hashes as a scratch file of a transaction.
  init(_ partitions: HashPartitions, files: TransactionFiles) throws(StoreError) {
    var checksums: [UInt64] = []
    let name = files.makeName(in: "dictionaries", prefix: "hashes.", suffix: "")
    temporary = try files.writeScratch(name) { file throws(StoreError) in
      for part in 0..<HashPartitions.count {
        var bytes: [UInt8] = []
        let range = partitions.starts[part]..<partitions.starts[part + 1]
        bytes.append(bytesOf: Array(partitions.pairs[range]))
        checksums.append(Checksum.of(bytes))
        if !bytes.isEmpty { try file.append(bytes) }
      }
    }
    self.checksums = checksums
    starts = partitions.starts
    file = try files.directory.map(temporary)
    guard file.count == partitions.pairs.count * 8 else { throw damage(at: 0) }
  }

  /// Appends the pairs of a part; their places become `firstPlace` more.
  func append(part: Int, firstPlace: Int, to pairs: inout [UInt64]) throws(StoreError) {
    let (start, end) = (starts[part] * 8, starts[part + 1] * 8)
    guard file.withBytes(in: start..<end, { Checksum.of($0) }) == checksums[part] else {
      throw damage(at: start)
    }
    file.withValues(of: UInt64.self, at: start, count: (end - start) / 8) { found in
      for place in 0..<found.count { pairs.append(found[place] &+ UInt64(firstPlace)) }
    }
    file.releasePages()
  }

  private func damage(at offset: Int) -> StoreError {
    .damaged(file: temporary, offset: offset, reason: "it is not what was written")
  }
}

/// Hashes of texts that follow one another, from which an index is made.
enum HashSource: Sendable {
  case memory(HashPartitions, firstPlace: Int)
  case file(SpilledHashes, firstPlace: Int)

  /// Appends the pairs of a part, with places in the file that the index is for.
  func append(part: Int, to pairs: inout [UInt64]) throws(StoreError) {
    switch self {
    case .memory(let partitions, let firstPlace):
      let range = partitions.starts[part]..<partitions.starts[part + 1]
      for pair in partitions.pairs[range] { pairs.append(pair &+ UInt64(firstPlace)) }
    case .file(let spilled, let firstPlace):
      try spilled.append(part: part, firstPlace: firstPlace, to: &pairs)
    }
  }
}
