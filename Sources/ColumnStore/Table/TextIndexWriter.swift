/// Makes the index of a dictionary file, see `TextIndex`.
struct TextIndexWriter {
  /// An index as it is in a file.
  struct Output {
    let shape: TextIndex.Shape
    let regions: [TextIndex.Region]
    let bytes: [UInt8]
  }

  /// Makes the index of texts with these upper halves of hashes, in the order of their places.
  static func write(_ hashes: [UInt32]) -> Output {
    let shape = TextIndex.Shape(count: hashes.count)
    var ends = [UInt32](repeating: 0, count: 1 << Int(shape.bucketBits))
    let entries = sort(hashes, shape, ends: &ends)
    var regions: [TextIndex.Region] = []
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * shape.entryBits / 8 + ends.count * 3)
    var first = 0
    for number in 0..<shape.regionCount {
      let buckets = number * shape.bucketsOfRegion..<(number + 1) * shape.bucketsOfRegion
      let last = Int(ends[buckets.upperBound - 1])
      let width = last - first <= Int(UInt16.max) ? 2 : 4
      let region = region(
        ends[buckets].map { $0 - UInt32(first) },
        width,
        entries[first..<last],
        bits: UInt8(shape.entryBits)
      )
      bytes.append(contentsOf: region)
      regions.append(
        TextIndex.Region(count: last - first, width: width, checksum: Checksum.of(region))
      )
      first = last
    }
    return Output(shape: shape, regions: regions, bytes: bytes)
  }

  /// Returns the entries by bucket, and in a bucket by place; `ends` are zeros and become the number
  /// of entries up to the end of each bucket.
  private static func sort(
    _ hashes: [UInt32],
    _ shape: TextIndex.Shape,
    ends: inout [UInt32]
  ) -> [UInt32] {
    for half in hashes { ends[shape.bucket(UInt64(half) << 32)] += 1 }
    var next = [UInt32](repeating: 0, count: ends.count)
    var sum: UInt32 = 0
    for bucket in ends.indices {
      next[bucket] = sum
      sum += ends[bucket]
      ends[bucket] = sum
    }
    var entries = [UInt32](repeating: 0, count: hashes.count)
    for place in hashes.indices {
      // The upper half is all that buckets and rests need.
      let hash = UInt64(hashes[place]) << 32
      let bucket = shape.bucket(hash)
      let group = UInt64(place / TextIndex.groupCount)
      // The bits of an entry are at most 32.
      let entry = group << UInt64(shape.restBits) | shape.rest(hash)
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
