/// The streams of a stored page, found and measured, each decompressed when it is asked for.
struct PageStreams {
  private struct Stream {
    let range: Range<Int>
    let isCompressed: Bool
    let decodedLength: Int
  }

  private let file: MappedFile
  private let streams: [Stream]

  /// Finds the streams of a page in a range of a file.
  init(
    _ file: MappedFile,
    in range: Range<Int>,
    _ descriptor: PageDescriptor,
    _ extent: PageExtent
  ) throws(PageDecoder.Failure) {
    let lengths = descriptor.streamLengths(extent)
    self.file = file
    switch descriptor.storage {
    case .plain, .compressed:
      guard lengths.count <= 1 else { throw Self.failure }
      let isCompressed = descriptor.storage == .compressed
      streams = lengths.map {
        Stream(range: range, isCompressed: isCompressed, decodedLength: $0)
      }
    case .streams:
      guard lengths.count > 1, range.count >= lengths.count * 4 else { throw Self.failure }
      var start = range.lowerBound + lengths.count * 4
      let words = file.bytes(in: range.lowerBound..<start)
      var found: [Stream] = []
      for (place, length) in lengths.enumerated() {
        let word = (0..<4).reduce(0) { $0 | Int(words[place * 4 + $1]) << ($1 * 8) }
        guard word >> 1 <= range.upperBound - start else { throw Self.failure }
        let end = start + word >> 1
        found.append(
          Stream(range: start..<end, isCompressed: word & 1 == 1, decodedLength: length)
        )
        start = end
      }
      guard start == range.upperBound else { throw Self.failure }
      streams = found
    }
  }

  private static let failure = PageDecoder.Failure(reason: "it does not have the parts it must")

  /// Returns the bytes of a stream.
  func buffer(_ place: Int) throws(PageDecoder.Failure) -> VectorBuffer {
    guard place < streams.count else { throw Self.failure }
    let stream = streams[place]
    let buffer: VectorBuffer? = file.withBytes(in: stream.range) { bytes in
      if stream.isCompressed {
        return ZstdCodec.decompress(bytes, byteCount: stream.decodedLength)
      }
      return bytes.byteCount == stream.decodedLength ? VectorBuffer(copying: bytes) : nil
    }
    guard let buffer else {
      throw PageDecoder.Failure(reason: "it does not decompress to its length")
    }
    return buffer
  }
}
