import Glibc

/// A directory of a real file system.
public struct DiskDirectory: StoreDirectory {
  private let root: String

  /// Names a directory; nothing is opened or created yet.
  public init(path: String) {
    self.root = path
  }

  /// Creates the directory and its parents where they are missing, and makes their names last.
  public func prepare() throws(StoreError) {
    let parts = root.split(separator: "/")
    var prefix = root.hasPrefix("/") ? "/" : "."
    for (number, part) in parts.enumerated() {
      let next = prefix + "/" + part
      // Safe: the string is passed as a null-terminated copy.
      let isNew = unsafe mkdir(next, 0o755) == 0
      if !isNew, errno != EEXIST {
        throw .system(operation: "create", path: next, code: errno)
      }
      // The last two are the store's and the data directory; a process that ended early may have
      // left their names without making them last.
      if isNew || number + 2 >= parts.count {
        do throws(StoreError) {
          try synchronise(absolute: prefix)
        } catch .system(_, _, EACCES) where !isNew {
          // A directory that may not be read is not one in which a store was made by this user.
        }
      }
      prefix = next
    }
  }

  /// Opens a file for reading, whole.
  public func map(_ path: String) throws(StoreError) -> MappedFile {
    let descriptor = try openDescriptor(absolute(path), O_RDONLY, "open")
    defer { closeDescriptor(descriptor) }
    var status = stat()
    // Safe: `status` outlives the call.
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .system(operation: "look at", path: absolute(path), code: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .damaged(file: path, offset: nil, reason: "it is not a regular file")
    }
    return try MappedFile(path: path, descriptor: descriptor, count: Int(status.st_size))
  }

  /// Creates a new file; an existing one of that name is an error.
  public func create(_ path: String) throws(StoreError) -> any StoreFileWriter {
    let descriptor = try openDescriptor(absolute(path), O_WRONLY | O_CREAT | O_EXCL, "create")
    return DiskFileWriter(descriptor: descriptor, path: absolute(path))
  }

  /// Gives a file another name; a file of that name is replaced.
  public func rename(_ path: String, to newPath: String) throws(StoreError) {
    // Safe: both strings are passed as null-terminated copies.
    guard unsafe Glibc.rename(absolute(path), absolute(newPath)) == 0 else {
      throw .system(operation: "rename", path: absolute(path), code: errno)
    }
  }

  /// Gives a file a second name; returns false, and does nothing, when the name is taken.
  public func link(_ path: String, to newPath: String) throws(StoreError) -> Bool {
    // Safe: both strings are passed as null-terminated copies.
    if unsafe Glibc.link(absolute(path), absolute(newPath)) == 0 { return true }
    guard errno == EEXIST else {
      throw .system(operation: "link", path: absolute(newPath), code: errno)
    }
    return false
  }

  /// Makes the names in a directory survive a power loss.
  public func synchronise(directory path: String) throws(StoreError) {
    try synchronise(absolute: absolute(path))
  }

  /// Creates a directory unless it exists; its parent must exist.
  public func makeDirectory(_ path: String) throws(StoreError) {
    // Safe: the string is passed as a null-terminated copy.
    guard unsafe mkdir(absolute(path), 0o755) != 0, errno != EEXIST else { return }
    throw .system(operation: "create", path: absolute(path), code: errno)
  }

  /// Returns the names in a directory in no particular order; none when it does not exist.
  public func list(_ path: String) throws(StoreError) -> [String] {
    // Safe: the stream is owned by this call and closed on every path out of it.
    guard let stream = unsafe opendir(absolute(path)) else {
      // The store's own directory must exist; a folder of it may not have been needed yet.
      if errno == ENOENT, !path.isEmpty { return [] }
      throw .system(operation: "list", path: absolute(path), code: errno)
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      // Safe: a directory entry's name is null-terminated and lives until the next `readdir`.
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if name != ".", name != ".." { names.append(name) }
    }
    guard errno == 0 else {
      throw .system(operation: "list", path: absolute(path), code: errno)
    }
    return names
  }

  /// Removes the name of a file.
  public func remove(_ path: String) throws(StoreError) {
    // Safe: the string is passed as a null-terminated copy.
    guard unsafe unlink(absolute(path)) == 0 else {
      throw .system(operation: "remove", path: absolute(path), code: errno)
    }
  }

  /// Returns how long ago a file was written.
  public func age(of path: String) throws(StoreError) -> Duration {
    var status = stat()
    var now = timespec()
    // Safe: both structures outlive the calls.
    guard unsafe stat(absolute(path), &status) == 0,
      unsafe clock_gettime(CLOCK_REALTIME, &now) == 0
    else { throw .system(operation: "look at", path: absolute(path), code: errno) }
    return .seconds(now.tv_sec - status.st_mtim.tv_sec)
  }

  /// Waits for the one lock of that name and holds it until the result is released.
  public func lock(_ path: String) throws(StoreError) -> any StoreLock {
    let descriptor = try openDescriptor(absolute(path), O_RDWR | O_CREAT, "open")
    var request = flock()
    request.l_type = Int16(F_WRLCK)
    request.l_whence = Int16(SEEK_SET)
    while true {
      // Safe: `request` outlives the call.
      if unsafe fcntl(descriptor, DiskLock.setAndWait, &request) == 0 { break }
      if errno == EINTR { continue }
      let code = errno
      closeDescriptor(descriptor)
      throw .system(operation: "lock", path: absolute(path), code: code)
    }
    return DiskLock(descriptor: descriptor)
  }

  private func absolute(_ path: String) -> String {
    path.isEmpty ? root : root + "/" + path
  }

  private func synchronise(absolute path: String) throws(StoreError) {
    let descriptor = try openDescriptor(path, O_RDONLY | O_DIRECTORY, "open")
    defer { closeDescriptor(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw .system(operation: "synchronise", path: path, code: errno)
    }
  }

  private func openDescriptor(
    _ path: String,
    _ flags: Int32,
    _ operation: String
  ) throws(StoreError) -> Int32 {
    while true {
      // Safe: the string is passed as a null-terminated copy.
      let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o644)
      if descriptor >= 0 { return descriptor }
      guard errno == EINTR else { throw .system(operation: operation, path: path, code: errno) }
    }
  }
}

/// Closes a descriptor that was only read, whose result therefore says nothing.
private func closeDescriptor(_ descriptor: Int32) {
  _ = close(descriptor)
}

/// A new file on disk.
private final class DiskFileWriter: StoreFileWriter {
  private var descriptor: Int32
  private let path: String

  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit {
    if descriptor >= 0 { closeDescriptor(descriptor) }
  }

  func append(_ bytes: [UInt8]) throws(StoreError) {
    var offset = 0
    while offset < bytes.count {
      // Safe: the array outlives the call, and at most the rest of it is read.
      let size = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[offset...])
        return unsafe write(descriptor, rest.baseAddress, rest.count)
      }
      if size < 0, errno == EINTR { continue }
      guard size > 0 else {
        throw .system(operation: "write", path: path, code: size < 0 ? errno : EIO)
      }
      offset += size
    }
  }

  func synchronise() throws(StoreError) {
    guard fsync(descriptor) == 0 else {
      throw .system(operation: "synchronise", path: path, code: errno)
    }
  }

  func close() throws(StoreError) {
    let closing = descriptor
    descriptor = -1
    guard Glibc.close(closing) == 0 else {
      throw .system(operation: "close", path: path, code: errno)
    }
  }
}

/// A lock of an open file description, which the kernel drops when the process ends.
private final class DiskLock: StoreLock {
  /// `F_OFD_SETLKW` of Linux 3.15 and later.
  static let setAndWait: Int32 = 38

  private var descriptor: Int32

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { release() }

  func release() {
    guard descriptor >= 0 else { return }
    closeDescriptor(descriptor)
    descriptor = -1
  }
}
