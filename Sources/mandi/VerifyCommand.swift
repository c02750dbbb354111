import ArgumentParser
import ColumnStore

/// Verifies a store.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that the files of the store are what they must be."
  )

  @OptionGroup var data: DataOption

  @Flag(help: "Read every byte and decode every page, not only what opening reads.")
  var deep = false

  func run() throws {
    let progress = ProgressBar(label: "verifying")
    let found: Verification
    do {
      found = try data.openForReading().verify(deep ? .everything : .structure) { done, total in
        progress.show(done: done, of: total)
      }
      progress.end()
    } catch let error as StoreError {
      progress.end()
      throw CommandFailure(error)
    }
    guard found.damages.isEmpty else {
      throw CommandFailure(.damaged, found.damages.map(\.description).joined(separator: "\n"))
    }
    let pages = deep ? ", \(CountText.grouped(found.pageCount)) pages decoded" : ""
    try StandardStreams.write(
      "whole: version \(found.version ?? 0), \(CountText.grouped(found.fileCount)) files, "
        + "\(CountText.grouped(found.byteCount)) bytes\(pages)\n"
    )
  }
}
