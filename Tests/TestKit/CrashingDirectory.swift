import ColumnStore
import Synchronization

/// A directory that knows what a power loss would leave of it.
///
/// File contents last up to the byte that was there at the last `synchronise` of the file; of the
/// rest, any part may be there or be zeros. Names last when their directory was synchronised; of the
/// changes since then, any subset may be there. `image` draws one such state.
public final class CrashingDirectory: StoreDirectory {
  /// A promise that a broken disk, or a broken commit, would not keep.
  public enum Mutant: Sendable {
    /// Synchronising a file does nothing.
    case withoutFileSynchronisation
    /// Synchronising a directory does nothing.
    case withoutDirectorySynchronisation
  }

  // @unchecked Sendable: a history runs on one thread, and images are drawn on the same one.
  private final class Node: @unchecked Sendable {
    let folder: String
    var bytes: [UInt8] = []
    var durableCount = 0
    /// A reader's view of all bytes, made once.
    var whole: MappedFile?

    init(folder: String) {
      self.folder = folder
    }
  }

  /// A change of names in one directory; a rename is one change.
  private struct Change {
    var removed: String?
    var added: (path: String, node: Node)?
    var folder: String?
  }

  private struct State {
    var names: [String: Node] = [:]
    var durableNames: [String: Node] = [:]
    var folders: Set<String> = []
    var durableFolders: Set<String> = []
    /// Changes that a power loss may take, by directory.
    var changes: [String: [Change]] = [:]
    var isLocked = false
    var operationCount = 0
  }

  // The lock is never contended: a history runs on one thread.
  private let state = Mutex(State())
  private let mutant: Mutant?
  private let observer: Mutex<(@Sendable () -> Void)?> = Mutex(nil)

  /// Makes an empty directory that keeps its promises, but for those of a mutant.
  public init(mutant: Mutant? = nil) {
    self.mutant = mutant
  }

  /// Lets `body` look at the directory after every operation.
  public func observe(_ body: (@Sendable () -> Void)?) {
    observer.withLock { $0 = body }
  }

  /// The number of operations that changed something.
  public var operationCount: Int { state.withLock { $0.operationCount } }

  private func didChange() {
    state.withLock { $0.operationCount += 1 }
    let body = observer.withLock { $0 }
    body?()
  }

  private static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return String(path[..<slash])
  }

  /// Does nothing: the directory itself always lasts.
  public func prepare() {}

  /// Opens a file for reading, whole.
  public func map(_ path: String) throws(StoreError) -> MappedFile {
    let file = state.withLock { state in
      state.names[path].map { MappedFile(path: path, copying: $0.bytes) }
    }
    guard let file else { throw .system(operation: "open", path: path, code: 2) }
    return file
  }

  /// Creates a new file.
  public func create(_ path: String) throws(StoreError) -> any StoreFileWriter {
    let folder = Self.parent(path)
    let node = Node(folder: folder)
    let isDone = state.withLock { state in
      guard state.names[path] == nil, folder.isEmpty || state.folders.contains(folder) else {
        return false
      }
      state.names[path] = node
      state.changes[folder, default: []].append(Change(added: (path, node)))
      return true
    }
    guard isDone else { throw .system(operation: "create", path: path, code: 17) }
    didChange()
    return Writer(directory: self, node: node)
  }

  /// Gives a file another name.
  public func rename(_ path: String, to newPath: String) throws(StoreError) {
    let isDone = state.withLock { state in
      guard let node = state.names.removeValue(forKey: path) else { return false }
      state.names[newPath] = node
      let change = Change(removed: path, added: (newPath, node))
      state.changes[Self.parent(newPath), default: []].append(change)
      return true
    }
    guard isDone else { throw .system(operation: "rename", path: path, code: 2) }
    didChange()
  }

  /// Gives a file a second name.
  public func link(_ path: String, to newPath: String) throws(StoreError) -> Bool {
    let isDone: Bool? = state.withLock { state in
      guard let node = state.names[path] else { return nil }
      guard state.names[newPath] == nil else { return false }
      state.names[newPath] = node
      state.changes[Self.parent(newPath), default: []].append(Change(added: (newPath, node)))
      return true
    }
    guard let isDone else { throw .system(operation: "link", path: path, code: 2) }
    didChange()
    return isDone
  }

  /// Makes the names in a directory last, unless the mutant forgets to.
  public func synchronise(directory path: String) {
    state.withLock { state in
      guard mutant != .withoutDirectorySynchronisation else { return }
      for change in state.changes.removeValue(forKey: path) ?? [] {
        Self.apply(change, to: &state.durableNames, folders: &state.durableFolders)
      }
    }
    didChange()
  }

  /// Creates a directory unless it exists.
  public func makeDirectory(_ path: String) {
    let isNew = state.withLock { state in
      guard state.folders.insert(path).inserted else { return false }
      state.changes[Self.parent(path), default: []].append(Change(folder: path))
      return true
    }
    if isNew { didChange() }
  }

  /// Returns the names in a directory.
  public func list(_ path: String) -> [String] {
    let prefix = path.isEmpty ? "" : path + "/"
    return state.withLock { state in
      let all = Array(state.names.keys) + Array(state.folders)
      return Set(
        all.filter { $0.hasPrefix(prefix) && $0.utf8.count > prefix.utf8.count }
          .map { String($0.dropFirst(prefix.count).prefix { $0 != "/" }) }
      ).sorted()
    }
  }

  /// Removes the name of a file.
  public func remove(_ path: String) throws(StoreError) {
    let isDone = state.withLock { state in
      guard state.names.removeValue(forKey: path) != nil else { return false }
      state.changes[Self.parent(path), default: []].append(Change(removed: path))
      return true
    }
    guard isDone else { throw .system(operation: "remove", path: path, code: 2) }
    didChange()
  }

  /// Returns an hour, so that versions past their number are retired.
  public func age(of path: String) -> Duration { .seconds(3_600) }

  /// Takes the lock, or refuses when it is taken.
  public func lock(_ path: String) throws(StoreError) -> any StoreLock {
    let isTaken = state.withLock { state in
      defer { state.isLocked = true }
      return state.isLocked
    }
    guard !isTaken else { throw .system(operation: "lock", path: path, code: 11) }
    return Lock(directory: self)
  }

  private static func apply(
    _ change: Change,
    to names: inout [String: Node],
    folders: inout Set<String>
  ) {
    if let removed = change.removed { names[removed] = nil }
    if let (path, node) = change.added { names[path] = node }
    if let folder = change.folder { folders.insert(folder) }
  }

  /// Draws what a power loss would leave now.
  ///
  /// - Parameters:
  ///   - likelihood: Out of 100, how many of the changes that may be lost are there.
  ///   - random: Where the chances come from.
  /// - Returns: The files that are left.
  public func image(likelihood: Int, using random: inout SeededRandom) -> CrashImage {
    var draw = random
    defer { random = draw }
    return state.withLock { state in
      var names = state.durableNames
      var folders = state.durableFolders
      for path in state.changes.keys.sorted() {
        for change in state.changes[path] ?? []
        where Int.random(in: 0..<100, using: &draw) < likelihood {
          Self.apply(change, to: &names, folders: &folders)
        }
      }
      let reachable = folders.filter { Self.exists($0, in: folders) }
      var files: [String: MappedFile] = [:]
      var uncertain: [String] = []
      for (path, node) in names where node.folder.isEmpty || reachable.contains(node.folder) {
        if node.durableCount == node.bytes.count || likelihood == 100 {
          files[path] = Self.whole(node, path: path)
        } else {
          uncertain.append(path)
        }
      }
      for path in uncertain.sorted() {
        files[path] = names[path].map { Self.torn($0, path: path, using: &draw) }
      }
      return CrashImage(files: files)
    }
  }

  private static func exists(_ folder: String, in folders: Set<String>) -> Bool {
    folders.contains(folder)
      && (parent(folder).isEmpty || exists(parent(folder), in: folders))
  }

  private static func whole(_ node: Node, path: String) -> MappedFile {
    if let whole = node.whole, whole.count == node.bytes.count { return whole }
    let whole = MappedFile(path: path, copying: node.bytes)
    node.whole = whole
    return whole
  }

  private static func torn(
    _ node: Node,
    path: String,
    using draw: inout SeededRandom
  ) -> MappedFile {
    let kept = Int.random(in: node.durableCount...node.bytes.count, using: &draw)
    let written = Int.random(in: node.durableCount...kept, using: &draw)
    let torn = node.bytes[..<written] + Array(repeating: 0, count: kept - written)
    return MappedFile(path: path, copying: Array(torn))
  }

  private final class Writer: StoreFileWriter {
    let directory: CrashingDirectory
    let node: Node

    init(directory: CrashingDirectory, node: Node) {
      self.directory = directory
      self.node = node
    }

    func append(_ bytes: [UInt8]) {
      node.bytes.append(contentsOf: bytes)
      directory.didChange()
    }

    func synchronise() {
      if directory.mutant != .withoutFileSynchronisation { node.durableCount = node.bytes.count }
      directory.didChange()
    }

    func close() {}
  }

  private final class Lock: StoreLock {
    let directory: CrashingDirectory

    init(directory: CrashingDirectory) {
      self.directory = directory
    }

    func release() { directory.state.withLock { $0.isLocked = false } }
  }
}

/// The files that a power loss left, to be opened by the real reader.
public struct CrashImage: Sendable {
  /// Files by path.
  public let files: [String: MappedFile]

  /// Makes an image of files by path.
  public init(files: [String: MappedFile]) {
    self.files = files
  }

  /// Makes a directory with these files, for reading only.
  public func directory() -> ImageDirectory { ImageDirectory(files: files) }
}

/// A directory for reading that notes which files were opened.
public final class ImageDirectory: StoreDirectory {
  private let files: [String: MappedFile]
  private let opened = Mutex<[ObjectIdentifier]>([])

  init(files: [String: MappedFile]) {
    self.files = files
  }

  /// The files that were opened so far, which decide what a reader can have seen.
  public var openedFiles: [ObjectIdentifier] { opened.withLock { $0 } }

  /// Does nothing.
  public func prepare() {}

  /// Opens a file for reading, whole.
  public func map(_ path: String) throws(StoreError) -> MappedFile {
    guard let file = files[path] else {
      throw .system(operation: "open", path: path, code: 2)
    }
    opened.withLock { $0.append(ObjectIdentifier(file)) }
    return file
  }

  /// Returns the names in a directory.
  public func list(_ path: String) -> [String] {
    guard !path.isEmpty else {
      // A reader looks for manifests there, and for nothing else.
      return files.keys.filter { !$0.utf8.contains(0x2F) }
    }
    let prefix = path + "/"
    return files.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }

  private func refusal(_ operation: String, _ path: String) -> StoreError {
    .system(operation: operation, path: path, code: 30)
  }

  /// Refuses.
  public func create(_ path: String) throws(StoreError) -> any StoreFileWriter {
    throw refusal("create", path)
  }

  /// Refuses.
  public func rename(_ path: String, to newPath: String) throws(StoreError) {
    throw refusal("rename", path)
  }

  /// Refuses.
  public func link(_ path: String, to newPath: String) throws(StoreError) -> Bool {
    throw refusal("link", path)
  }

  /// Refuses.
  public func synchronise(directory path: String) throws(StoreError) {
    throw refusal("synchronise", path)
  }

  /// Refuses.
  public func makeDirectory(_ path: String) throws(StoreError) {
    throw refusal("create", path)
  }

  /// Refuses.
  public func remove(_ path: String) throws(StoreError) {
    throw refusal("remove", path)
  }

  /// Returns zero.
  public func age(of path: String) -> Duration { .zero }

  /// Refuses.
  public func lock(_ path: String) throws(StoreError) -> any StoreLock {
    throw refusal("lock", path)
  }
}
