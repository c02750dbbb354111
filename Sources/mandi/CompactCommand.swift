import ArgumentParser
import ColumnStore

/// Merges the small segments of a store.
struct CompactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Merge small segments, and leave behind the rows that were replaced.",
    discussion: """
      Answers do not change, and imports and queries that run meanwhile do not wait. The space of \
      the merged segments is free once the versions that need them are ten minutes old and another \
      commit has come.
      """
  )

  @OptionGroup var data: DataOption

  func run() throws {
    do {
      // Looks first, so that a missing store is not made.
      _ = try data.openForReading()
      let store = try Store.open(DiskDirectory(path: data.storePath), mode: .readWrite)
      try StandardStreams.write(Self.text(try store.compact()))
    } catch let error as StoreError {
      throw CommandFailure(error)
    }
  }

  /// Says what a compaction did.
  static func text(_ outcome: CompactionOutcome) -> String {
    guard outcome.mergeCount > 0 || outcome.abandonedCount > 0 else { return "nothing to merge\n" }
    var text =
      "merged: \(CountText.grouped(outcome.segmentCount)) segments into "
      + "\(CountText.grouped(outcome.mergeCount)), "
      + "\(CountText.grouped(outcome.byteCountBefore)) bytes into "
      + "\(CountText.grouped(outcome.byteCountAfter))\n"
      + "rows written again: \(CountText.grouped(outcome.rowCount))\n"
    if outcome.abandonedCount > 0 {
      text += "given up because of another commit: \(CountText.grouped(outcome.abandonedCount))\n"
    }
    return text
  }
}
