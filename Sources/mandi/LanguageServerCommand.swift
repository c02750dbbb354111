import ArgumentParser
import Commerce
import Foundation
import LanguageServer
import QueryLang

/// Serves an editor over standard input and output.
struct LanguageServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lsp",
    abstract: "Help an editor with reports, over standard input and output.",
    discussion: "It speaks the Language Server Protocol. Members of dimensions come from the store "
      + "in the data directory, where there is one."
  )

  @OptionGroup var data: DataOption

  @OptionGroup var model: ModelOption

  @OptionGroup var diagnostics: DiagnosticOptions

  func run() async throws {
    let catalog = try model.catalog(diagnostics)
    let zone = try ReportZone(catalog.defaults.timezone)
    let definitions = try data.sharedDefinitions()
    var server = LanguageServer(
      Surroundings(
        catalog: catalog,
        context: {
          var context = zone.context()
          context.definitions = definitions
          return context
        },
        members: members(catalog, zone),
        modelFiles: try modelFiles(),
        version: MandiCommand.version
      )
    )
    var framer = MessageFramer()
    // One message after another: nothing else runs in this process while it waits for the editor.
    while server.exitCode == nil, let part = try next(framer.wantedByteCount) {
      for event in framer.take(part) {
        for message in await server.receive(event) {
          try StandardStreams.write(String(decoding: MessageFramer.framed(message), as: UTF8.self))
        }
        if server.exitCode != nil { break }
      }
    }
    // An editor that goes away without `exit` counts like one that forgot `shutdown`.
    guard server.exitCode == 0 else { throw CommandFailure(.refused, nil) }
  }

  /// Reads so many bytes, or fewer at the end; nil behind it.
  private func next(_ count: Int) throws(CommandFailure) -> Data? {
    do {
      let part = try FileHandle.standardInput.read(upToCount: count)
      return part.flatMap { $0.isEmpty ? nil : $0 }
    } catch {
      throw CommandFailure(
        .couldNot,
        "cannot read standard input: \(error.localizedDescription)"
      )
    }
  }

  private func members(_ catalog: Catalog, _ zone: ReportZone) -> StoreMembers? {
    guard FileManager.default.fileExists(atPath: data.storePath) else {
      if data.path != nil {
        StandardStreams.note("there is no store in \(data.directory); members are not offered")
      }
      return nil
    }
    return StoreMembers(directory: data.directory, catalog: catalog, zone: zone)
  }

  // MARK: The model's files

  private func modelFiles() throws(CommandFailure) -> [String: ModelFile] {
    var files: [String: ModelFile] = [:]
    if let builtIn = Self.builtInModel() { files[CommerceModel.fileName] = builtIn }
    if let path = model.model {
      let text = try ModelOption.source(path: path).text
      let address = URL(fileURLWithPath: path).standardizedFileURL
      files[path] = ModelFile(uri: address.absoluteString, text: text)
    }
    return files
  }

  /// The built-in model as a file in the user's cache, where an editor can open it; nil where that
  /// cannot be written.
  private static func builtInModel() -> ModelFile? {
    let text = CommerceModel.text
    guard
      let caches = FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask).first
    else { return nil }
    let folder = caches.appendingPathComponent("mandi", isDirectory: true)
    let file = folder.appendingPathComponent(CommerceModel.fileName)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      // A file that cannot be read is written anew.
      if (try? String(contentsOf: file, encoding: .utf8)) != text {
        try Data(text.utf8).write(to: file, options: .atomic)
      }
      return ModelFile(uri: file.absoluteString, text: text)
    } catch {
      // Without the file only the way to its definitions is missing.
      return nil
    }
  }
}
