/// What a scan did.
public struct ScanStatistics: Sendable, Hashable {
  /// Blocks of the table.
  public var blocks = 0
  /// Blocks that zone maps ruled out before any of their bytes were read.
  public var prunedBlocks = 0
  /// Blocks that the filter accepted whole, proven by zone maps alone.
  public var provenBlocks = 0
  /// Rows that were looked at.
  public var rows = 0
  /// Columns of blocks that were decompressed.
  public var decodedPages = 0
  /// Columns of blocks that were found decoded.
  public var cachedPages = 0
  /// Segments that were answered from states of earlier scans.
  public var reusedSegments = 0
  /// Calls of kernels; each works on a block or a strip of one, never on one row.
  public var kernelCalls = 0

  /// Makes statistics of a scan that did nothing.
  public init() {}

  /// Adds what another part of the same scan did.
  public static func += (sum: inout ScanStatistics, part: ScanStatistics) {
    sum.blocks += part.blocks
    sum.prunedBlocks += part.prunedBlocks
    sum.provenBlocks += part.provenBlocks
    sum.rows += part.rows
    sum.decodedPages += part.decodedPages
    sum.cachedPages += part.cachedPages
    sum.reusedSegments += part.reusedSegments
    sum.kernelCalls += part.kernelCalls
  }
}
