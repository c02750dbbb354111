/// The port to the files of a store: what a commit needs of a file system, and no more.
///
/// Paths are relative to the store's directory, with `/` between their parts; the empty path is the
/// directory itself. Every operation throws `StoreError.system` with the operating system's code.
public protocol StoreDirectory: Sendable {
  /// Creates the directory itself and its parents where they are missing, and makes their names
  /// survive a power loss.
  func prepare() throws(StoreError)

  /// Opens a file for reading, whole.
  func map(_ path: String) throws(StoreError) -> MappedFile

  /// Creates a new file; an existing one of that name is an error.
  func create(_ path: String) throws(StoreError) -> any StoreFileWriter

  /// Gives a file another name; a file of that name is replaced.
  func rename(_ path: String, to newPath: String) throws(StoreError)

  /// Gives a file a second name; returns false, and does nothing, when the name is taken.
  func link(_ path: String, to newPath: String) throws(StoreError) -> Bool

  /// Makes the names in a directory survive a power loss.
  func synchronise(directory path: String) throws(StoreError)

  /// Creates a directory unless it exists; its parent must exist.
  func makeDirectory(_ path: String) throws(StoreError)

  /// Returns the names in a directory in no particular order; none when it does not exist.
  func list(_ path: String) throws(StoreError) -> [String]

  /// Removes the name of a file.
  func remove(_ path: String) throws(StoreError)

  /// Returns how long ago a file was written.
  func age(of path: String) throws(StoreError) -> Duration

  /// Waits for the one lock of that name and holds it until the result is released.
  func lock(_ path: String) throws(StoreError) -> any StoreLock
}

/// A new file while it is being written.
public protocol StoreFileWriter: AnyObject {
  /// Appends bytes.
  func append(_ bytes: [UInt8]) throws(StoreError)

  /// Makes the contents survive a power loss; after an error it must not be called again.
  func synchronise() throws(StoreError)

  /// Ends the writing; nothing can be called afterwards.
  func close() throws(StoreError)
}

/// A lock that is held until `release`, or until the process ends.
public protocol StoreLock: AnyObject {
  /// Lets the next one have it.
  func release()
}
