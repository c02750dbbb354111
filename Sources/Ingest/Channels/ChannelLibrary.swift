public import ColumnStore
import Foundation

/// The channels that are known without a definition file, and the reader of such files.
public struct ChannelLibrary: Sendable {
  /// The channels in alphabetical order.
  public let channels: [ChannelDefinition]

  /// Makes a library of some channels.
  public init(channels: [ChannelDefinition]) {
    self.channels = channels.sorted { $0.name < $1.name }
  }

  /// Returns the library of the channels that the program brings along.
  ///
  /// - Throws: `IngestError.definition` when a resource has a mistake, which the tests exclude.
  public static func builtIn() throws(IngestError) -> ChannelLibrary {
    let resources: [(String, [UInt8])] = [
      ("amazon.yaml", PackageResources.amazon_yaml),
      ("shopify.yaml", PackageResources.shopify_yaml),
      ("zepto.yaml", PackageResources.zepto_yaml),
    ]
    var channels: [ChannelDefinition] = []
    for (name, bytes) in resources {
      channels.append(try parse(String(decoding: bytes, as: UTF8.self), file: name))
    }
    return ChannelLibrary(channels: channels)
  }

  /// Reads a definition file; `tables` are those that a semantic model declares beside the canonical
  /// ones, which the definition may feed too.
  ///
  /// - Throws: `IngestError.unreadable`, or `.definition` with every mistake and its place.
  public static func load(
    path: String,
    tables: [TableSchema] = []
  ) throws(IngestError) -> ChannelDefinition {
    let chunks = try FileChunks(path: path)
    let bytes = try chunks.next(IngestLimits.definitionBytes + 1)
    guard bytes.count <= IngestLimits.definitionBytes else {
      throw .oversized(path: path, line: 1, limit: "\(IngestLimits.definitionBytes) bytes")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .unreadable(path: path, reason: "a definition is UTF-8 text")
    }
    return try parse(text, file: path, tables: tables)
  }

  /// Reads the text of a definition; `file` names it in messages, `tables` are those that a semantic
  /// model declares.
  public static func parse(
    _ text: String,
    file: String,
    tables: [TableSchema] = []
  ) throws(IngestError) -> ChannelDefinition {
    var reader = DefinitionReader(file: file, tables: tables)
    return try reader.read(text)
  }

  /// Returns a channel by its name.
  ///
  /// - Throws: `IngestError.unknownName` with the nearest name.
  public func channel(_ name: String) throws(IngestError) -> ChannelDefinition {
    if let channel = channels.first(where: { $0.name == name }) { return channel }
    let known = channels.map(\.name)
    throw .unknownName(
      kind: "channel",
      name: name,
      known: known,
      suggestion: Suggestion.nearest(to: name, among: known)
    )
  }
}
