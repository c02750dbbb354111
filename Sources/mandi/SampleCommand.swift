import ArgumentParser
import SampleShop

/// Writes the files of a made-up brand.
struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Write a made-up brand's files in the channels' own formats."
  )

  @Option(help: "About how many lines to write.")
  var rows: Int

  @Option(help: "The number that the made-up sales depend on.")
  var seed: UInt64 = 1

  @Option(help: "The last day, such as 2026-03-31.")
  var until: String?

  @Option(help: "A file for the totals that the writer meant, as CSV.")
  var truth: String?

  @Option(help: "The directory for the files, one folder for each channel.")
  var out: String

  func run() throws {
    let shop = SampleShop(rows: rows, seed: seed, until: try lastDay())
    let progress = ProgressBar(label: "writing")
    defer { progress.end() }
    do {
      try shop.write(to: out, truth: truth) { state in
        progress.show(done: state.rowsWritten, of: state.rowsPlanned)
      }
    } catch {
      switch error {
      case .noRows: throw CommandFailure(.usage, "\(error)")
      case .notEmpty, .cannotWrite: throw CommandFailure(.couldNot, "\(error)")
      }
    }
  }

  private func lastDay() throws(CommandFailure) -> ShopDay {
    guard let until else { return .standardEnd }
    guard let day = ShopDay(until) else {
      throw CommandFailure(.usage, "--until is \"\(until)\", but must be a day such as 2026-03-31")
    }
    return day
  }
}
