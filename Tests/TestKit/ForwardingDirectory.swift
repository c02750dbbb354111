public import ColumnStore

/// A directory that passes everything on to another one, apart from what a test does in its place.
public protocol ForwardingDirectory: StoreDirectory {
  /// Where everything else goes.
  var base: any StoreDirectory { get }
}

extension ForwardingDirectory {
  /// Passes on.
  public func prepare() throws(StoreError) { try base.prepare() }

  /// Passes on.
  public func map(_ path: String) throws(StoreError) -> MappedFile { try base.map(path) }

  /// Passes on.
  public func create(_ path: String) throws(StoreError) -> any StoreFileWriter {
    try base.create(path)
  }

  /// Passes on.
  public func rename(_ path: String, to newPath: String) throws(StoreError) {
    try base.rename(path, to: newPath)
  }

  /// Passes on.
  public func link(_ path: String, to newPath: String) throws(StoreError) -> Bool {
    try base.link(path, to: newPath)
  }

  /// Passes on.
  public func synchronise(directory path: String) throws(StoreError) {
    try base.synchronise(directory: path)
  }

  /// Passes on.
  public func makeDirectory(_ path: String) throws(StoreError) { try base.makeDirectory(path) }

  /// Passes on.
  public func list(_ path: String) throws(StoreError) -> [String] { try base.list(path) }

  /// Passes on.
  public func remove(_ path: String) throws(StoreError) { try base.remove(path) }

  /// Passes on.
  public func age(of path: String) throws(StoreError) -> Duration { try base.age(of: path) }

  /// Passes on.
  public func lock(_ path: String) throws(StoreError) -> any StoreLock { try base.lock(path) }
}
