/// A definition that a workspace keeps: a name that every report can use.
public struct SharedDefinition: Sendable, Hashable {
  /// What is defined.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case metric
    case dimension
    case param
    case period
    case segment
  }

  /// A name that a definition uses, as it was when the definition was made.
  public struct Dependency: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The version of a shared definition, or a fingerprint of the model's.
    public var version: String

    /// Makes a dependency.
    public init(name: String, version: String) {
      self.name = name
      self.version = version
    }
  }

  /// The name.
  public var name: String
  /// What is defined.
  public var kind: Kind
  /// The statement, as `DEFINE METRIC name = …`.
  public var text: String
  /// Who made this version.
  public var author: String
  /// When it was made, in microseconds since 1970 in UTC.
  public var time: Int64
  /// The number of this version; the first is 1.
  public var version: Int
  /// The names that it uses, sorted, each once.
  public var dependencies: [Dependency]

  /// Makes a definition.
  public init(
    name: String,
    kind: Kind,
    text: String,
    author: String,
    time: Int64,
    version: Int,
    dependencies: [Dependency] = []
  ) {
    self.name = name
    self.kind = kind
    self.text = text
    self.author = author
    self.time = time
    self.version = version
    self.dependencies = dependencies
  }

  /// Tells whether it uses a name itself.
  func uses(_ other: String) -> Bool {
    let folded = CatalogName.folded(other)
    return dependencies.contains { CatalogName.folded($0.name) == folded }
  }
}

/// Whether whoever writes a report may change shared definitions.
public enum SharingRight: Sendable, Hashable {
  /// Nothing may be changed.
  case denied
  /// Everything may be changed, in the name of an author and at a time in microseconds since 1970.
  case allowed(author: String, time: Int64)
}

/// A change of shared definitions.
public struct DefinitionChange: Sendable, Hashable {
  /// The name.
  public var name: String
  /// The version that the change is made from; nil where there was no definition of the name.
  public var replacedVersion: Int?
  /// The new definition; nil where it goes away.
  public var definition: SharedDefinition?

  /// Makes a change.
  public init(name: String, replacedVersion: Int?, definition: SharedDefinition?) {
    self.name = name
    self.replacedVersion = replacedVersion
    self.definition = definition
  }
}
