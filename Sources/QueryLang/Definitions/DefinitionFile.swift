public import ColumnStore

/// Shared definitions in a file of a directory, which people can read: YAML with a mapping for each
/// definition.
///
/// A change reads the file, writes a new one beside it and renames it, under a lock of the directory;
/// a reader sees the file before or after.
public struct DefinitionFile: DefinitionStore {
  /// The path of the file in the directory.
  public static let path = "\(folder)/\(fileName)"

  // A folder that is missing is read as empty; the data directory's own would be an error.
  private static let folder = "definitions"
  private static let fileName = "definitions.yaml"
  private static let lockPath = "\(folder)/definitions.lock"
  private static let version = "1"
  private let directory: any StoreDirectory

  /// Keeps definitions in a folder of a data directory, which is made with the first change.
  public init(_ directory: any StoreDirectory) {
    self.directory = directory
  }

  /// Returns the newest version of every definition; none where there is no file.
  public func definitions() throws(DefinitionStoreError) -> [SharedDefinition] {
    let bytes: [UInt8]
    do throws(StoreError) {
      let names = try directory.list(DefinitionFile.folder)
      guard names.contains(DefinitionFile.fileName) else { return [] }
      bytes = try directory.map(DefinitionFile.path).allBytes
    } catch {
      throw .store(error)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw damaged("it is not UTF-8 text")
    }
    return try read(SourceText(text, name: DefinitionFile.path))
  }

  /// Makes a change under the lock.
  public func apply(_ change: DefinitionChange) throws(DefinitionStoreError) {
    let lock: any StoreLock
    do throws(StoreError) {
      try directory.prepare()
      try directory.makeDirectory(DefinitionFile.folder)
      try directory.synchronise(directory: "")
      lock = try directory.lock(DefinitionFile.lockPath)
    } catch {
      throw .store(error)
    }
    defer { lock.release() }
    let changed = try change.apply(to: try definitions())
    let text = DefinitionFile.text(of: changed)
    // What could not be read again would take all reports of the workspace with it.
    guard reads(text, as: changed) else { throw .unwritable(name: change.name) }
    do throws(StoreError) {
      let temporary = DefinitionFile.path + ".tmp"
      let names = try directory.list(DefinitionFile.folder)
      if names.contains(DefinitionFile.fileName + ".tmp") { try directory.remove(temporary) }
      let file = try directory.create(temporary)
      try file.append(Array(text.utf8))
      try file.synchronise()
      try file.close()
      try directory.rename(temporary, to: DefinitionFile.path)
      try directory.synchronise(directory: DefinitionFile.folder)
    } catch {
      throw .store(error)
    }
  }

  // MARK: Reading

  /// Whether a text is read as some definitions; the reason why it is not does not matter.
  private func reads(_ text: String, as definitions: [SharedDefinition]) -> Bool {
    do throws(DefinitionStoreError) {
      return try read(SourceText(text, name: DefinitionFile.path)) == definitions
    } catch {
      return false
    }
  }

  private func damaged(_ reason: String) -> DefinitionStoreError {
    .damaged(path: DefinitionFile.path, reason: reason)
  }

  private func read(_ source: SourceText) throws(DefinitionStoreError) -> [SharedDefinition] {
    let root: CatalogNode?
    do throws(CatalogError) {
      root = try CatalogNode.read(source)
    } catch {
      throw damaged(error.description)
    }
    guard let root, root.value(of: "mandi_definitions")?.text == DefinitionFile.version,
      case .sequence(let nodes)? = root.value(of: "definitions")?.content
    else { throw damaged("it is of another version") }
    var found: [SharedDefinition] = []
    for node in nodes {
      guard let definition = DefinitionFile.definition(node) else {
        let place = source.location(of: node.span.start)
        throw damaged("line \(place.line) is no definition")
      }
      found.append(definition)
    }
    return found
  }

  private static func definition(_ node: CatalogNode) -> SharedDefinition? {
    func text(_ key: String) -> String? { node.value(of: key)?.text }
    guard let name = text("name"), let kind = text("kind"), let statement = text("text"),
      let author = text("author"), let time = text("time").flatMap({ Int64($0) }),
      let version = text("version").flatMap({ Int($0) }),
      let known = SharedDefinition.Kind(rawValue: kind),
      case .mapping(let uses)? = node.value(of: "uses")?.content
    else { return nil }
    let dependencies = uses.map {
      SharedDefinition.Dependency(name: $0.key, version: $0.value.text ?? "")
    }
    return SharedDefinition(
      name: name,
      kind: known,
      text: statement,
      author: author,
      time: time,
      version: version,
      dependencies: dependencies
    )
  }

  // MARK: Writing

  private static func text(of definitions: [SharedDefinition]) -> String {
    let lines = definitions.map { definition in
      let uses = definition.dependencies.map { "\(quoted($0.name)): \(quoted($0.version))" }
      return """
          - name: \(quoted(definition.name))
            kind: \(definition.kind.rawValue)
            version: \(definition.version)
            author: \(quoted(definition.author))
            time: \(definition.time)
            text: \(quoted(definition.text))
            uses: {\(uses.joined(separator: ", "))}

        """
    }
    let list = lines.isEmpty ? " []\n" : "\n" + lines.joined()
    return "mandi_definitions: \(version)\ndefinitions:\(list)"
  }

  /// A text in double quotes, with the escapes that YAML shares with JSON.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\u{00}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
