/// Makes the index of a dictionary file, see `TextIndex`.
///
/// It is made slice by slice, so that the memory does not grow with the number of texts. A slice has
/// some regions of the index and all texts whose hashes belong there.
struct TextIndexWriter {
  /// An index as it is in a file.
  struct Output {
    let shape: TextIndex.Shape
    let regions: [TextIndex.Region]
    /// The bytes of all regions, or nothing where they were too many to be kept.
    let bytes: [UInt8]
  }

  /// Some regions.
  struct Slice {
    var regions: [TextIndex.Region] = []
    var bytes: [UInt8] = []
  }

  let shape: TextIndex.Shape
  private let sources: [HashSource]

  /// Takes hashes by place; the shape is one for their number.
  init(_ sources: [HashSource], shape: TextIndex.Shape) {
    self.sources = sources
    self.shape = shape
  }

  /// The number of slices.
  var sliceCount: Int { Self.sliceCount(shape) }

  private static func sliceCount(_ shape: TextIndex.Shape) -> Int {
    min(shape.regionCount, HashPartitions.count)
  }

  /// Makes a slice.
  func slice(_ number: Int) throws(StoreError) -> Slice {
    let parts = HashPartitions.count / sliceCount
    var pairs: [UInt64] = []
    for part in number * parts..<(number + 1) * parts {
      for source in sources { try source.append(part: part, to: &pairs) }
    }
    return Self.slice(number, of: pairs[...], shape)
  }

  /// Makes the index of texts with these upper halves of hashes, in the order of their places.
  static func write(_ hashes: [UInt32]) -> Output {
    let shape = TextIndex.Shape(count: hashes.count)
    let partitions = HashPartitions(hashes)
    let parts = HashPartitions.count / sliceCount(shape)
    var regions: [TextIndex.Region] = []
    var bytes: [UInt8] = []
    for number in 0..<sliceCount(shape) {
      let (first, last) = (number * parts, (number + 1) * parts)
      let pairs = partitions.pairs[partitions.starts[first]..<partitions.starts[last]]
      let slice = slice(number, of: pairs, shape)
      regions.append(contentsOf: slice.regions)
      bytes.append(contentsOf: slice.bytes)
    }
    return Output(shape: shape, regions: regions, bytes: bytes)
  }

  /// Makes a slice of pairs that are by place in each part.
  private static func slice(
    _ number: Int,
    of parts: ArraySlice<UInt64>,
    _ shape: TextIndex.Shape
  ) -> Slice {
    // Only few texts have buckets of several parts.
    let pairs =
      Int(shape.bucketBits) >= HashPartitions.bits
      ? parts : parts.sorted { $0 & 0xFFFF_FFFF < $1 & 0xFFFF_FFFF }[...]
    let regionCount = shape.regionCount / sliceCount(shape)
    let firstBucket = number * regionCount * shape.bucketsOfRegion
    var ends = [UInt32](repeating: 0, count: regionCount * shape.bucketsOfRegion)
    let entries = sort(pairs, shape, firstBucket: firstBucket, ends: &ends)
    var slice = Slice()
    slice.bytes.reserveCapacity(entries.count * shape.entryBits / 8 + ends.count * 3)
    var first = 0
    for region in 0..<regionCount {
      let buckets = region * shape.bucketsOfRegion..<(region + 1) * shape.bucketsOfRegion
      let last = Int(ends[buckets.upperBound - 1])
      let width = last - first <= Int(UInt16.max) ? 2 : 4
      let bytes = Self.region(
        ends[buckets].map { $0 - UInt32(first) },
        width,
        entries[first..<last],
        bits: UInt8(shape.entryBits)
      )
      slice.bytes.append(contentsOf: bytes)
      slice.regions.append(
        TextIndex.Region(count: last - first, width: width, checksum: Checksum.of(bytes))
      )
      first = last
    }
    return slice
  }

  /// Returns the entries by bucket, and in a bucket by place; `ends` are zeros and become the number
  /// of entries up to the end of each bucket.
  private static func sort(
    _ pairs: ArraySlice<UInt64>,
    _ shape: TextIndex.Shape,
    firstBucket: Int,
    ends: inout [UInt32]
  ) -> [UInt32] {
    // The upper half of a hash is all that buckets and rests need.
    for pair in pairs { ends[shape.bucket(pair) &- firstBucket] += 1 }
    var next = [UInt32](repeating: 0, count: ends.count)
    var sum: UInt32 = 0
    for bucket in ends.indices {
      next[bucket] = sum
      sum += ends[bucket]
      ends[bucket] = sum
    }
    var entries = [UInt32](repeating: 0, count: pairs.count)
    for pair in pairs {
      let bucket = shape.bucket(pair) &- firstBucket
      let group = (pair & 0xFFFF_FFFF) / UInt64(TextIndex.groupCount)
      // The bits of an entry are at most 32.
      let entry = group << UInt64(shape.restBits) | shape.rest(pair)
      entries[Int(next[bucket])] = UInt32(truncatingIfNeeded: entry)
      next[bucket] += 1
    }
    return entries
  }

  private static func region(
    _ ends: [UInt32],
    _ width: Int,
    _ entries: ArraySlice<UInt32>,
    bits: UInt8
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    if width == 2 {
      bytes.append(bytesOf: ends.map { UInt16($0) })
    } else {
      bytes.append(bytesOf: ends)
    }
    var writer = BitWriter()
    for entry in entries { writer.append(UInt64(entry), bits: bits) }
    bytes.append(bytesOf: writer.finish() + [0])
    return bytes
  }
}
