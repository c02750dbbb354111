import ArgumentParser
import ColumnStore
import Foundation
import Ingest

/// Imports files.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Bring files of channels into the store."
  )

  enum Form: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
  }

  private static let cacheByteBudget = 128 << 20

  @OptionGroup var data: DataOption

  @Option(help: "The channel; by default it is found by the headers.")
  var channel: String?

  @Option(help: "The seller's account at the channel.")
  var account = ImportRequest.defaultAccount

  @Option(help: "The data set of the channel; by default it is found by the headers.")
  var dataset: String?

  @Option(help: "A channel definition (YAML) that says how to read the files.")
  var definition: String?

  @OptionGroup var model: ModelOption

  @OptionGroup var diagnostics: DiagnosticOptions

  @Option(help: "The day of the export, such as 2026-04-01, for files that do not tell it.")
  var asOf: String?

  @Flag(help: "Show the mapping and the first rows, and write nothing.")
  var dryRun = false

  @Flag(help: "Refuse a file as a whole when one of its rows cannot be read.")
  var strict = false

  @Option(help: "How the outcome is written: text or json.")
  var format: Form = .text

  @Argument(help: "The files.")
  var files: [String]

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("name at least one file to import") }
  }

  func run() throws {
    try ProcessMemory.withoutReserves { try importFiles() }
  }

  private func importFiles() throws {
    let request = try request()
    let importer = try importer()
    var refused = false
    let progress = FilesProgress(files)
    for file in files {
      do {
        if dryRun {
          try StandardStreams.write(ImportOutcome.text(try importer.preview(file, request)))
        } else {
          let report = try importer.importFile(file, request) { progress.show($0) }
          progress.endFile()
          try write(report)
        }
      } catch let error as IngestError {
        progress.endFile()
        let failure = CommandFailure(error)
        guard failure.status == .refused else { throw failure }
        failure.report()
        refused = true
      }
    }
    if !dryRun { mergeSmallSegments(importer) }
    if refused { throw CommandFailure(.refused, nil) }
  }

  /// The files are imported and said to be; what cannot be merged now is merged another time.
  private func mergeSmallSegments(_ importer: Importer) {
    do {
      _ = try importer.mergeSmallSegments()
    } catch {
      StandardStreams.note("note: small segments were not merged: \(error)")
    }
  }

  private func write(_ report: FileReport) throws(CommandFailure) {
    for line in ImportOutcome.issueLines(report, in: data.directory) {
      StandardStreams.note(line)
    }
    switch format {
    case .text: try StandardStreams.write(ImportOutcome.text(report))
    case .json: try StandardStreams.write(ImportOutcome.json(report))
    }
  }

  private func request() throws(CommandFailure) -> ImportRequest {
    var request = ImportRequest(
      channel: channel,
      account: account,
      dataset: dataset,
      isStrict: strict
    )
    if let asOf {
      guard let day = ImportRequest.day(asOf) else {
        throw CommandFailure(.usage, "--as-of is \"\(asOf)\", but must be a day as 2026-04-01")
      }
      request.asOf = day
    }
    if let definition {
      let tables = try model.declaredTables(diagnostics)
      do {
        request.definition = try ChannelLibrary.load(path: definition, tables: tables)
      } catch {
        throw CommandFailure(error)
      }
    }
    return request
  }

  /// A dry run needs no store and makes none.
  private func importer() throws(CommandFailure) -> Importer {
    let library: ChannelLibrary
    do {
      library = try ChannelLibrary.builtIn()
    } catch {
      throw CommandFailure(error)
    }
    let directory: any StoreDirectory =
      dryRun ? MemoryDirectory() : DiskDirectory(path: data.storePath)
    let pool = ScanPool(threads: ProcessInfo.processInfo.activeProcessorCount)
    do {
      return Importer(
        store: try Store.open(
          directory,
          mode: .readWrite,
          cacheByteBudget: Self.cacheByteBudget
        ),
        dataDirectory: data.directory,
        library: library,
        pool: pool
      )
    } catch {
      throw CommandFailure(error)
    }
  }
}

extension CommandFailure {
  /// Makes a failure out of an error of an import.
  init(_ error: IngestError) {
    switch error {
    case .store(let error): self.init(error)
    case .unreadable, .unwritable: self.init(.couldNot, "\(error)")
    case .notText, .empty, .unterminatedQuote, .cutOff, .oversized, .unknownName, .wrongChannel,
      .unknownColumns, .ambiguous, .definition, .nothingReadable, .refusedByStrict, .refusedSlice,
      .noVersion:
      self.init(.refused, "\(error)")
    }
  }
}
