/// A piece of a file that begins where a row seems to begin and ends where one seems to end.
///
/// Quotes may prove it wrong: a line end inside quotes ends no row. `RowSequence` finds that out.
struct ByteBlock: Sendable {
  /// The text as UTF-8, and then `DecodedPage.padding` zeros.
  let bytes: [UInt8]
  /// Tells whether nothing follows.
  var isLast: Bool
  /// Bytes of the file up to the end of this block.
  var bytesRead: Int

  /// The number of bytes that mean something.
  var byteCount: Int { bytes.count - DecodedPage.padding }

  /// Makes a block of bytes that have no padding yet.
  init(unpadded text: [UInt8], isLast: Bool, bytesRead: Int) {
    var bytes = text
    bytes.append(contentsOf: repeatElement(0, count: DecodedPage.padding))
    self.init(bytes: bytes, isLast: isLast, bytesRead: bytesRead)
  }

  /// Takes bytes that end with the padding.
  init(bytes: [UInt8], isLast: Bool, bytesRead: Int) {
    self.bytes = bytes
    self.isLast = isLast
    self.bytesRead = bytesRead
  }
}

/// What a decoder made of a block, lines counted from the block's first one.
struct DecodedBlock: Sendable {
  /// Why the rest of a block cannot be read.
  enum Failure: Sendable, Equatable {
    case unterminatedQuote(line: Int32)
    case oversized(line: Int32, limit: String)
  }

  var block: ByteBlock
  /// The rows that are complete.
  var page: DecodedPage
  /// Where the bytes begin that belong to no complete row.
  var restStart: Int
  /// The number of lines that the complete rows took.
  var lineCount: Int32
  /// What ended the decoding early.
  var failure: Failure?
}
