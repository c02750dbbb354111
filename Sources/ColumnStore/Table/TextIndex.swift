import Synchronization

/// Finds the texts of one dictionary file by their hashes, in the file itself: nothing is made in
/// memory, so that a writer's first look-up costs as much as any other.
///
/// Texts are in *groups* of 32, in the order of their codes. A text's *entry* is the number of its
/// group and some bits of its hash, and it is in the *bucket* that the first bits of the hash say.
/// Whoever looks for a text compares it with the texts of the groups whose entries have its bits.
/// 256 buckets are a *region*, which is checked as a whole when it is first needed:
///
/// ```
/// for each bucket the number of the region's entries up to its end, u16, or u32 in a wide region
/// the entries one after the other, the lowest bit first:
///   rest of the hash, then the number of the group
/// zeros up to a multiple of 8 bytes, and 8 zeros
/// ```
final class TextIndex: Sendable {
  /// How many bits everything has.
  struct Shape: Sendable, Equatable {
    /// The bits of a bucket's number.
    let bucketBits: UInt8
    /// The bits of a group's number.
    let groupBits: UInt8
    /// The bits of a hash that an entry has, those after the bucket's number.
    let restBits: UInt8

    /// Entries of a bucket, about.
    private static let bucketCount = 12
    static let restLimit = 10
    /// The same where the index is for a while only, and may be larger than it need be.
    static let scratchRestLimit = 28

    init(bucketBits: UInt8, groupBits: UInt8, restBits: UInt8) {
      self.bucketBits = bucketBits
      self.groupBits = groupBits
      self.restBits = restBits
    }

    /// The shape for a number of texts.
    init(count: Int, restLimit: Int = Shape.restLimit) {
      let groups = (count + TextIndex.groupCount - 1) / TextIndex.groupCount
      let buckets = max(1, count / Self.bucketCount)
      groupBits = UInt8(Int.bitWidth - max(0, groups - 1).leadingZeroBitCount)
      bucketBits = UInt8(Int.bitWidth - 1 - buckets.leadingZeroBitCount)
      restBits = UInt8(min(restLimit, 32 - Int(groupBits), 32 - Int(bucketBits)))
    }

    /// Tells whether an index of that shape can be read.
    var isPossible: Bool { bucketBits <= 28 && groupBits <= 28 && restBits <= 28 }

    var entryBits: Int { Int(groupBits) + Int(restBits) }
    /// The buckets of a region.
    var bucketsOfRegion: Int { min(1 << Int(bucketBits), 256) }
    var regionCount: Int { max(1, (1 << Int(bucketBits)) / 256) }

    @inline(__always)
    func bucket(_ hash: UInt64) -> Int {
      Int(truncatingIfNeeded: hash >> (64 - UInt64(bucketBits)))
    }

    @inline(__always)
    func rest(_ hash: UInt64) -> UInt64 {
      (hash << UInt64(bucketBits)) >> (64 - UInt64(restBits))
    }

    /// The bytes of a region.
    func byteCount(_ region: Region) -> Int {
      bucketsOfRegion * region.width + (region.count * entryBits + 63) / 64 * 8 + 8
    }
  }

  /// What the head of the file says about a region.
  struct Region: Sendable, Equatable {
    /// The number of entries.
    let count: Int
    /// The bytes in which the ends of its buckets are given, 2 or 4.
    let width: Int
    let checksum: UInt64
  }

  /// The entries that are still to be looked at.
  struct Search {
    fileprivate var position: Int
    fileprivate let end: Int
    fileprivate let start: Int
    fileprivate let rest: UInt64
  }

  /// Texts of a group.
  static let groupCount = 32
  /// Bytes of a file up to which it stays in the processor's caches.
  private static let farByteCount = 256 << 10

  private let file: MappedFile
  private let shape: Shape
  private let textCount: Int
  private let regions: [Region]
  /// Where each region begins in the file.
  private let starts: [Int]
  private let isChecked: Mutex<[Bool]>

  /// Takes the end of a file, from `start` on.
  ///
  /// - Throws: `StoreError.damaged` when the regions are not what is left of the file.
  init(
    _ file: MappedFile,
    from start: Int,
    shape: Shape,
    regions: [Region],
    textCount: Int
  ) throws(StoreError) {
    var starts: [Int] = []
    starts.reserveCapacity(regions.count)
    var (offset, entryCount) = (start, 0)
    for region in regions {
      starts.append(offset)
      offset += shape.byteCount(region)
      entryCount += region.count
    }
    guard offset == file.count, entryCount == textCount else {
      throw .damaged(file: file.path, offset: start, reason: "its index is not what it says")
    }
    self.file = file
    self.shape = shape
    self.textCount = textCount
    self.regions = regions
    self.starts = starts
    self.isChecked = Mutex(Array(repeating: false, count: regions.count))
  }

  /// Begins to look for the groups that may have a text with a hash.
  func search(_ hash: UInt64) throws(StoreError) -> Search {
    let bucket = shape.bucket(hash)
    let number = bucket / shape.bucketsOfRegion
    let region = regions[number]
    if !isChecked.withLock({ $0[number] }) { try check(number) }
    let place = bucket % shape.bucketsOfRegion
    let (first, end) = (place == 0 ? 0 : self.end(place - 1, number), self.end(place, number))
    guard first <= end, end <= region.count else {
      throw .damaged(file: file.path, offset: starts[number], reason: "a bucket ends wrongly")
    }
    return Search(
      position: first * shape.entryBits,
      end: end * shape.entryBits,
      start: starts[number] + shape.bucketsOfRegion * region.width,
      rest: shape.rest(hash)
    )
  }

  /// Returns the places of the texts of the next group that may have it, or nil.
  @inline(__always)
  func next(_ search: inout Search) -> Range<Int>? {
    while search.position < search.end {
      let word = file.word(at: search.start + search.position >> 3)
      let entry = word >> UInt64(search.position & 7)
      search.position += shape.entryBits
      guard entry & ((1 << UInt64(shape.restBits)) - 1) == search.rest else { continue }
      let group = Int(entry >> UInt64(shape.restBits) & ((1 << UInt64(shape.groupBits)) - 1))
      let first = group * Self.groupCount
      if first < textCount { return first..<min(first + Self.groupCount, textCount) }
    }
    return nil
  }

  /// Loads what the look-ups of some hashes need, and returns nothing of meaning.
  ///
  /// A large index is far away, and loads that do not wait for one another take the time of one.
  func touch(_ hashes: [UInt64], count: Int) -> UInt64 {
    guard file.count > Self.farByteCount else { return 0 }
    var sum: UInt64 = 0
    for place in 0..<count {
      let bucket = shape.bucket(hashes[place])
      let number = bucket / shape.bucketsOfRegion
      let offset = bucket % shape.bucketsOfRegion * regions[number].width
      sum &+= file.word(at: starts[number] + offset)
    }
    for place in 0..<count {
      let bucket = shape.bucket(hashes[place])
      let number = bucket / shape.bucketsOfRegion
      let (region, start) = (regions[number], starts[number])
      // The region is not checked yet, and an end may be anything.
      let entry = min(end(bucket % shape.bucketsOfRegion, number), region.count)
      let entries = start + shape.bucketsOfRegion * region.width
      sum &+= file.word(at: entries + (entry * shape.entryBits) >> 3)
    }
    return sum
  }

  /// Checks every region.
  func verify() throws(StoreError) {
    for number in regions.indices { try check(number) }
  }

  /// Tells whether the index is the one of texts with these upper halves of hashes.
  func isIndex(of hashes: [UInt32]) -> Bool {
    let right = TextIndexWriter.write(hashes)
    return right.shape == shape && right.regions == regions
  }

  /// The number of a region's entries up to the end of a bucket.
  private func end(_ bucket: Int, _ region: Int) -> Int {
    let width = regions[region].width
    let word = file.word(at: starts[region] + bucket * width)
    return Int(word & (width == 2 ? 0xFFFF : 0xFFFF_FFFF))
  }

  private func check(_ number: Int) throws(StoreError) {
    let start = starts[number]
    let range = start..<(start + shape.byteCount(regions[number]))
    guard file.withBytes(in: range, { Checksum.of($0) }) == regions[number].checksum else {
      throw .damaged(
        file: file.path,
        offset: start,
        reason: "the checksum of a part of the index does not match"
      )
    }
    isChecked.withLock { $0[number] = true }
  }
}
