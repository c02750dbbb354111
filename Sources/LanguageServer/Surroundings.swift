public import QueryLang

/// Knows members of dimensions, from data.
public protocol MemberSource: Sendable {
  /// Returns members of a dimension that begin with a text, whatever its case, at most `limit`; nil
  /// when the data cannot answer.
  func members(of dimension: String, beginningWith prefix: String, limit: Int) async -> [String]?
}

/// A file of the model, for going to definitions.
public struct ModelFile: Sendable, Hashable {
  /// The address under which an editor can open it.
  public var uri: String
  /// Its text as it was read.
  public var text: String

  /// Makes a file.
  public init(uri: String, text: String) {
    self.uri = uri
    self.text = text
  }
}

/// What a language server works with, besides the texts that editors send.
public struct Surroundings: Sendable {
  /// The model.
  public var catalog: Catalog
  /// Tells what day it is, whenever a text is read.
  public var context: @Sendable () -> ReportContext
  /// Where members of dimensions come from; nil without data.
  public var members: (any MemberSource)?
  /// The model's files, by the names that they were read under.
  public var modelFiles: [String: ModelFile]
  /// The program's version.
  public var version: String

  /// Makes surroundings.
  public init(
    catalog: Catalog,
    context: @escaping @Sendable () -> ReportContext,
    members: (any MemberSource)?,
    modelFiles: [String: ModelFile],
    version: String
  ) {
    self.catalog = catalog
    self.context = context
    self.members = members
    self.modelFiles = modelFiles
    self.version = version
  }
}
