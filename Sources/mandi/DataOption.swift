import ArgumentParser
import ColumnStore
import Foundation
import QueryLang

/// The data directory that a command works on.
struct DataOption: ParsableArguments {
  @Option(
    name: .customLong("data"),
    help: "The data directory; by default $MANDI_DATA, then ./mandi-data."
  )
  var path: String?

  /// The path that was given, or the one from the environment, or the default.
  var directory: String {
    path ?? ProcessInfo.processInfo.environment["MANDI_DATA"] ?? "./mandi-data"
  }

  /// Where the store's files are.
  var storePath: String { directory + "/store" }

  /// The definitions that everybody who works on the directory shares; none where there is none.
  ///
  /// - Throws: A failure when they cannot be read.
  func sharedDefinitions() throws(CommandFailure) -> [SharedDefinition] {
    do {
      return try DefinitionFile(DiskDirectory(path: directory)).definitions()
    } catch {
      throw CommandFailure(.couldNot, "\(error)")
    }
  }

  /// Opens the store for reading.
  ///
  /// - Throws: A failure that says how to begin when there is no store yet.
  func openForReading() throws(CommandFailure) -> Store {
    guard FileManager.default.fileExists(atPath: storePath) else {
      throw CommandFailure(
        .couldNot,
        "there is no store in \(directory); bring in files first with "
          + "`mandi import --data \(directory) FILE`, or name another directory with --data"
      )
    }
    do {
      return try Store.open(DiskDirectory(path: storePath), mode: .read)
    } catch {
      throw CommandFailure(error)
    }
  }
}
