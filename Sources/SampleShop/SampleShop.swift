import Foundation

/// Writes the files that a made-up Indian brand would get from its sales channels over three years.
///
/// The files are in the channels' own formats with their quirks, and hold about as many lines as were
/// asked for: 45 % on Amazon, 35 % in the brand's own shop, 20 % rows of daily sell-out on Zepto;
/// lines that a later file delivers again come on top. The same rows, seed and last day give
/// the same bytes. Memory stays bounded by one day of orders and those that change later.
///
/// This room shares no code and no definition with the readers of those files, so that it can bear witness against them.
public struct SampleShop: Sendable {
  /// How far the writer is.
  public struct Progress: Sendable {
    /// Lines written so far, without those delivered again.
    public var rowsWritten: Int
    /// Lines that will be written.
    public var rowsPlanned: Int
  }

  private let rows: Int
  private let seed: UInt64
  private let lastDay: ShopDay

  /// Describes a sample of `rows` lines over the three years that end on `lastDay`.
  public init(rows: Int, seed: UInt64, until lastDay: ShopDay = .standardEnd) {
    self.rows = rows
    self.seed = seed
    self.lastDay = lastDay
  }

  /// Writes `directory/<channel>/…` and, if asked, the totals that the writer meant as CSV to `truth`.
  ///
  /// Import all files and a report of revenue and units by channel and month equals the truth.
  /// `progress` is called once for every day and channel.
  ///
  /// - Throws: `noRows`, `notEmpty` where a channel's folder already has files, `cannotWrite`.
  public func write(
    to directory: String,
    truth: String? = nil,
    progress: (Progress) -> Void = { _ in }
  ) throws(SampleShopError) {
    guard rows > 0 else { throw .noRows(asked: rows) }
    for channel in SampleChannel.allCases {
      try SampleShop.makeFolder(directory + "/" + channel.rawValue)
    }
    let frame = SampleFrame(rows: rows, seed: seed, lastDay: lastDay)
    var ledger = SalesLedger()
    var state = Progress(rowsWritten: 0, rowsPlanned: rows)
    for channel in SampleChannel.allCases {
      let folder = directory + "/" + channel.rawValue
      let advance = { (count: Int) in
        state.rowsWritten += count
        progress(state)
      }
      switch channel {
      case .amazon:
        try AmazonFiles(frame: frame, folder: folder).write(ledger: &ledger, progress: advance)
      case .shopify:
        try ShopifyFiles(frame: frame, folder: folder).write(ledger: &ledger, progress: advance)
      case .zepto:
        try ZeptoFiles(frame: frame, folder: folder).write(ledger: &ledger, progress: advance)
      }
    }
    if let truth { try ledger.write(to: truth) }
  }

  private static func makeFolder(_ path: String) throws(SampleShopError) {
    let content: [String]
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      content = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw .cannotWrite(path: path, reason: error.localizedDescription)
    }
    guard content.isEmpty else { throw .notEmpty(path: path) }
  }
}
