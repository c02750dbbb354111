import Glibc
import Synchronization

/// A directory in memory, for tests and for stores that need not last.
public final class MemoryDirectory: StoreDirectory {
  private struct State {
    var files: [String: [UInt8]] = [:]
    var isLocked = false
  }

  private let state: Mutex<State>

  /// Makes a directory with some files, by default none.
  public init(files: [String: [UInt8]] = [:]) {
    state = Mutex(State(files: files))
  }

  /// All files by path.
  public var files: [String: [UInt8]] { state.withLock { $0.files } }

  /// Does nothing: the directory exists.
  public func prepare() {}

  /// Opens a file for reading, whole.
  public func map(_ path: String) throws(StoreError) -> MappedFile {
    guard let bytes = state.withLock({ $0.files[path] }) else {
      throw .system(operation: "open", path: path, code: ENOENT)
    }
    return MappedFile(path: path, copying: bytes)
  }

  /// Creates a new file; an existing one of that name is an error.
  public func create(_ path: String) throws(StoreError) -> any StoreFileWriter {
    let isNew = state.withLock { state in
      guard state.files[path] == nil else { return false }
      state.files[path] = []
      return true
    }
    guard isNew else { throw .system(operation: "create", path: path, code: EEXIST) }
    return MemoryFileWriter(directory: self, path: path)
  }

  /// Gives a file another name; a file of that name is replaced.
  public func rename(_ path: String, to newPath: String) throws(StoreError) {
    let isDone = state.withLock { state in
      guard let bytes = state.files.removeValue(forKey: path) else { return false }
      state.files[newPath] = bytes
      return true
    }
    guard isDone else { throw .system(operation: "rename", path: path, code: ENOENT) }
  }

  /// Gives a file a second name; returns false, and does nothing, when the name is taken.
  public func link(_ path: String, to newPath: String) throws(StoreError) -> Bool {
    let isDone: Bool? = state.withLock { state in
      guard let bytes = state.files[path] else { return nil }
      guard state.files[newPath] == nil else { return false }
      state.files[newPath] = bytes
      return true
    }
    guard let isDone else { throw .system(operation: "link", path: path, code: ENOENT) }
    return isDone
  }

  /// Does nothing: memory does not survive a power loss.
  public func synchronise(directory path: String) {}

  /// Does nothing: a directory exists as soon as a file is in it.
  public func makeDirectory(_ path: String) {}

  /// Returns the names of the files in a directory in no particular order.
  public func list(_ path: String) -> [String] {
    let prefix = path.isEmpty ? "" : path + "/"
    return state.withLock { state in
      var names = Set<String>()
      for file in state.files.keys where file.hasPrefix(prefix) {
        names.insert(String(file.dropFirst(prefix.count).prefix { $0 != "/" }))
      }
      return Array(names)
    }
  }

  /// Removes a file.
  public func remove(_ path: String) throws(StoreError) {
    guard state.withLock({ $0.files.removeValue(forKey: path) }) != nil else {
      throw .system(operation: "remove", path: path, code: ENOENT)
    }
  }

  /// Returns zero: a store in memory keeps all versions of its grace.
  public func age(of path: String) -> Duration { .zero }

  /// Takes the lock, or refuses when another writer has it: memory cannot wait.
  public func lock(_ path: String) throws(StoreError) -> any StoreLock {
    let isTaken = state.withLock { state in
      defer { state.isLocked = true }
      return state.isLocked
    }
    guard !isTaken else { throw .system(operation: "lock", path: path, code: EAGAIN) }
    return MemoryLock(directory: self)
  }

  fileprivate func append(_ bytes: [UInt8], to path: String) {
    state.withLock { $0.files[path]?.append(contentsOf: bytes) }
  }

  fileprivate func unlock() {
    state.withLock { $0.isLocked = false }
  }
}

private final class MemoryFileWriter: StoreFileWriter {
  private let directory: MemoryDirectory
  private let path: String

  init(directory: MemoryDirectory, path: String) {
    self.directory = directory
    self.path = path
  }

  func append(_ bytes: [UInt8]) { directory.append(bytes, to: path) }
  func synchronise() {}
  func close() {}
}

private final class MemoryLock: StoreLock {
  private var directory: MemoryDirectory?

  init(directory: MemoryDirectory) {
    self.directory = directory
  }

  deinit { release() }

  func release() {
    directory?.unlock()
    directory = nil
  }
}
