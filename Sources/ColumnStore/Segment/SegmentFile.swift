/// A segment file that was opened: its footer is checked, its pages are checked when they are read.
final class SegmentFile: Sendable {
  let file: MappedFile
  let footer: SegmentFooter
  /// The checksum of the footer, which has those of all pages in it.
  let footerChecksum: UInt64
  /// A number that no other opened file of the same cache has.
  let identity: UInt64

  var path: String { file.path }
  var rowCount: Int { footer.rowCount }

  init(_ file: MappedFile, identity: UInt64) throws(StoreError) {
    let least = SegmentFormat.headerLength + SegmentFormat.trailerLength + 8
    guard file.count >= least else {
      throw .damaged(file: file.path, offset: nil, reason: "it is too short for a segment")
    }
    guard file.bytes(in: 0..<SegmentFormat.headerLength) == SegmentFormat.header else {
      throw .damaged(file: file.path, offset: 0, reason: "it does not begin like a segment")
    }
    let trailerStart = file.count - SegmentFormat.trailerLength
    var trailer = ByteReader(
      file.bytes(in: trailerStart..<file.count),
      file: file.path,
      origin: trailerStart
    )
    let length = Int(try trailer.read(UInt32.self))
    guard try trailer.readBytes(8) == Array(SegmentFormat.endMagic.utf8),
      length >= 8, length <= trailerStart - SegmentFormat.headerLength
    else { throw trailer.damage("it does not end like a segment") }
    let footerStart = trailerStart - length
    let sealStart = trailerStart - 8
    let sum = file.withBytes(in: footerStart..<sealStart) { Checksum.of($0) }
    guard sum == file.word(at: sealStart) else {
      throw .damaged(file: file.path, offset: nil, reason: "its checksum does not match")
    }
    self.footer = try SegmentFooter.read(file, in: footerStart..<sealStart)
    self.footerChecksum = file.withBytes(in: footerStart..<trailerStart) { Checksum.of($0) }
    self.file = file
    self.identity = identity
  }

  /// Reads a page, checks it, and decodes it.
  func vector(column: Int, block: Int) throws(StoreError) -> ColumnVector {
    let page = footer.columns[column].pages[block]
    let decoder = PageDecoder(
      descriptor: page,
      type: footer.columns[column].type,
      rowCount: SegmentFormat.blockRange(block, rowCount: rowCount).count,
      runs: page.runs == .none ? nil : try runs(block: block)
    )
    let range = page.offset..<(page.offset + page.storedLength)
    do throws(PageDecoder.Failure) {
      guard file.withBytes(in: range, { Checksum.of($0) }) == page.checksum else {
        throw PageDecoder.Failure(reason: "its checksum does not match")
      }
      return try decoder.decode(file, in: range)
    } catch {
      throw .damaged(
        file: path,
        offset: page.offset,
        reason: "block \(block) of column \(footer.columns[column].name): \(error.reason)"
      )
    }
  }

  /// Reads the runs of a block, and checks them.
  ///
  /// They are read again for each page that goes by them, which takes 2 to 4% of its decoding.
  private func runs(block: Int) throws(StoreError) -> BlockRuns {
    let entry = footer.runs[block]
    let rowCount = SegmentFormat.blockRange(block, rowCount: rowCount).count
    let range = entry.offset..<(entry.offset + entry.storedLength)
    do throws(PageDecoder.Failure) {
      guard file.withBytes(in: range, { Checksum.of($0) }) == entry.checksum else {
        throw PageDecoder.Failure(reason: "their checksum does not match")
      }
      return try BlockRuns.decode(file, in: range, rowCount: rowCount, count: entry.count)
    } catch {
      throw .damaged(
        file: path,
        offset: entry.offset,
        reason: "runs of block \(block): \(error.reason)"
      )
    }
  }
}
