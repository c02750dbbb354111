public import ColumnStore

/// Where shared definitions are kept.
public protocol DefinitionStore: Sendable {
  /// Returns the newest version of every definition, sorted by folded name.
  ///
  /// - Throws: `DefinitionStoreError.store` when they cannot be read, `damaged` when they are none.
  func definitions() throws(DefinitionStoreError) -> [SharedDefinition]

  /// Makes a change, whole or not at all.
  ///
  /// - Throws: `DefinitionStoreError.conflict` when the name has another version by now.
  func apply(_ change: DefinitionChange) throws(DefinitionStoreError)
}

/// Why shared definitions cannot be read or changed.
public enum DefinitionStoreError: Error, Sendable, Equatable {
  /// Somebody else changed the name meanwhile.
  case conflict(name: String)
  /// A definition is too long for the file, or has characters that it cannot keep.
  case unwritable(name: String)
  /// A file cannot be read or written.
  case store(StoreError)
  /// The file holds no definitions.
  case damaged(path: String, reason: String)
}

extension DefinitionStoreError: CustomStringConvertible {
  /// The sentence for a person.
  public var description: String {
    switch self {
    case .conflict(let name): "\"\(name)\" was changed by somebody else meanwhile"
    case .unwritable(let name):
      "\"\(name)\" cannot be kept: it is too long, or has characters that no file keeps"
    case .store(let error): error.description
    case .damaged(let path, let reason): "\(path) holds no shared definitions: \(reason)"
    }
  }
}

extension DefinitionChange {
  /// Makes the change in a list of definitions.
  ///
  /// - Throws: `DefinitionStoreError.conflict` when the name has another version.
  public func apply(
    to definitions: [SharedDefinition]
  ) throws(DefinitionStoreError) -> [SharedDefinition] {
    let folded = CatalogName.folded(name)
    var changed = definitions
    let place = changed.firstIndex { CatalogName.folded($0.name) == folded }
    guard place.map({ changed[$0].version }) == replacedVersion else {
      throw .conflict(name: name)
    }
    if let place { changed.remove(at: place) }
    if let definition { changed.append(definition) }
    return changed.sorted { CatalogName.folded($0.name) < CatalogName.folded($1.name) }
  }
}
