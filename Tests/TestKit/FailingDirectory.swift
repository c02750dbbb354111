import ColumnStore
import Synchronization

/// A directory in which one operation fails, or all from one on.
public final class FailingDirectory: StoreDirectory {
  /// How an operation fails.
  public struct Fault: Sendable {
    /// The number of the operation, from zero.
    public let operation: Int
    /// The operating system's code.
    public let code: Int32
    /// Tells whether every later operation fails too.
    public let isLasting: Bool

    /// No fault at all.
    public static let none = Fault(operation: -1, code: 0, isLasting: false)

    /// Makes a fault.
    public init(operation: Int, code: Int32, isLasting: Bool) {
      self.operation = operation
      self.code = code
      self.isLasting = isLasting
    }
  }

  private let base: any StoreDirectory
  private let fault: Fault
  private let count = Atomic<Int>(0)
  private let log = Mutex<[String]>([])

  /// Passes everything to `base` but what the fault says.
  public init(_ base: any StoreDirectory, fault: Fault) {
    self.base = base
    self.fault = fault
  }

  /// The number of operations so far.
  public var operationCount: Int { count.load(ordering: .relaxed) }

  /// What was asked for so far: an operation and its path.
  public var operations: [String] { log.withLock { $0 } }

  fileprivate func pass(_ operation: String, _ path: String) throws(StoreError) {
    log.withLock { $0.append("\(operation) \(path)") }
    let number = count.wrappingAdd(1, ordering: .relaxed).oldValue
    guard number == fault.operation || fault.isLasting && number > fault.operation else { return }
    throw .system(operation: operation, path: path, code: fault.code)
  }

  /// Passes on, or fails.
  public func prepare() throws(StoreError) {
    try pass("create", "")
    try base.prepare()
  }

  /// Passes on, or fails.
  public func map(_ path: String) throws(StoreError) -> MappedFile {
    try pass("open", path)
    return try base.map(path)
  }

  /// Passes on, or fails.
  public func create(_ path: String) throws(StoreError) -> any StoreFileWriter {
    try pass("create", path)
    return Writer(directory: self, base: try base.create(path), path: path)
  }

  /// Passes on, or fails.
  public func rename(_ path: String, to newPath: String) throws(StoreError) {
    try pass("rename", path)
    try base.rename(path, to: newPath)
  }

  /// Passes on, or fails.
  public func link(_ path: String, to newPath: String) throws(StoreError) -> Bool {
    try pass("link", path)
    return try base.link(path, to: newPath)
  }

  /// Passes on, or fails.
  public func synchronise(directory path: String) throws(StoreError) {
    try pass("synchronise directory", path)
    try base.synchronise(directory: path)
  }

  /// Passes on, or fails.
  public func makeDirectory(_ path: String) throws(StoreError) {
    try pass("create", path)
    try base.makeDirectory(path)
  }

  /// Passes on, or fails.
  public func list(_ path: String) throws(StoreError) -> [String] {
    try pass("list", path)
    return try base.list(path)
  }

  /// Passes on, or fails.
  public func remove(_ path: String) throws(StoreError) {
    try pass("remove", path)
    try base.remove(path)
  }

  /// Passes on, or fails.
  public func age(of path: String) throws(StoreError) -> Duration {
    try pass("look at", path)
    return try base.age(of: path)
  }

  /// Passes on, or fails.
  public func lock(_ path: String) throws(StoreError) -> any StoreLock {
    try pass("lock", path)
    return try base.lock(path)
  }

  private final class Writer: StoreFileWriter {
    let directory: FailingDirectory
    let base: any StoreFileWriter
    let path: String

    init(directory: FailingDirectory, base: any StoreFileWriter, path: String) {
      self.directory = directory
      self.base = base
      self.path = path
    }

    /// Passes on, or writes only a half and fails.
    func append(_ bytes: [UInt8]) throws(StoreError) {
      do throws(StoreError) {
        try directory.pass("write", path)
      } catch {
        try base.append(Array(bytes.prefix(bytes.count / 2)))
        throw error
      }
      try base.append(bytes)
    }

    func synchronise() throws(StoreError) {
      try directory.pass("synchronise", path)
      try base.synchronise()
    }

    func close() throws(StoreError) {
      try directory.pass("close", path)
      try base.close()
    }
  }
}
