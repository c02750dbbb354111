/// The files that one transaction writes, in the order that makes a commit atomic and durable.
///
/// Every file is written under a temporary name and synchronised; `publish` renames them, makes the
/// names last, and only then publishes the manifest that lists them. After any error the
/// transaction is abandoned: nothing is synchronised a second time.
final class TransactionFiles {
  /// Bytes of pending rows of a table at which they are written to a segment.
  static let pendingLimit = 96 << 20
  /// Bytes of texts that a transaction adds to dictionaries, above which it lets some go.
  static let textLimit = 128 << 20
  /// Bytes of mapped files above which a transaction lets go of the pages of dictionaries.
  static let mappedLimit = 192 << 20

  /// Texts that a transaction may look up before it looks after those pages.
  static let fewTexts = 4 << 20

  let directory: any StoreDirectory
  private let epoch: UInt64
  private var nextNumber: UInt64
  private var madeDirectories: Set<String> = []
  /// Folders with files of the manifest on which the transaction builds.
  ///
  /// Their names last, since they were synchronised before that manifest was published.
  private let lastingFolders: Set<String>
  private var temporaries: [String] = []
  /// The names of files that end with the transaction.
  private var scratch: Set<String> = []

  /// Begins after the numbers of a manifest; `epoch` is a number that no other writer has.
  init(directory: any StoreDirectory, after manifest: Manifest, epoch: UInt64) {
    self.directory = directory
    self.nextNumber = manifest.nextNumber
    self.epoch = epoch
    self.lastingFolders = Set(manifest.files.compactMap { Self.parents(of: $0.path).last })
  }

  /// Returns a path that no file of the store has or had.
  ///
  /// The number alone would do among writers that hold the lock; the epoch keeps apart one that was
  /// paused while its lock was lost.
  func makeName(in folder: String, prefix: String = "", suffix: String) -> String {
    defer { nextNumber += 1 }
    return "\(folder)/\(prefix)\(nextNumber)-\(String(epoch, radix: 16))\(suffix)"
  }

  /// Writes bytes as a file and returns what a manifest says about it.
  func write(_ path: String, _ bytes: [UInt8]) throws(StoreError) -> Manifest.File {
    let (_, checksum) = try write(path) { file throws(StoreError) in
      let checksum = try RunningChecksum()
      checksum.append(bytes)
      try file.append(bytes)
      return checksum.value
    }
    return Manifest.File(path: path, byteCount: bytes.count, checksum: checksum)
  }

  /// Lets `body` write a file that nobody needs after the transaction, and returns its name.
  func writeScratch(
    _ path: String,
    _ body: (any StoreFileWriter) throws(StoreError) -> Void
  ) throws(StoreError) -> String {
    try makeDirectories(for: path)
    let temporary = path + ".tmp"
    scratch.insert(temporary)
    let file = try directory.create(temporary)
    try body(file)
    try file.close()
    return temporary
  }

  /// Removes a scratch file; what is open of it stays readable.
  func discardScratch(_ temporary: String) {
    guard scratch.remove(temporary) != nil else { return }
    // Litter under a temporary name is removed by the next transaction.
    _ = try? directory.remove(temporary)
  }

  /// Removes all scratch files.
  func removeScratch() {
    for temporary in scratch.sorted() { discardScratch(temporary) }
  }

  /// Lets `body` write a file, synchronises it, and returns its temporary name.
  func write<Result>(
    _ path: String,
    _ body: (any StoreFileWriter) throws(StoreError) -> Result
  ) throws(StoreError) -> (temporary: String, Result) {
    let temporary = try prepare(path)
    return (temporary, try Self.write(temporary, in: directory, body))
  }

  /// Makes the folders of a file and returns the temporary name under which it is to be written.
  func prepare(_ path: String) throws(StoreError) -> String {
    try makeDirectories(for: path)
    let temporary = path + ".tmp"
    temporaries.append(temporary)
    return temporary
  }

  /// Lets `body` write a file under a temporary name, and synchronises it.
  static func write<Result>(
    _ temporary: String,
    in directory: any StoreDirectory,
    _ body: (any StoreFileWriter) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    let file = try directory.create(temporary)
    let result = try body(file)
    try file.synchronise()
    try file.close()
    return result
  }

  /// Takes a file that was written and synchronised before under another name, which ends with four
  /// bytes more.
  func adopt(_ path: String, temporary: String) throws(StoreError) {
    precondition(temporary.dropLast(4) == path, "the name of the file and an ending")
    try makeDirectories(for: path)
    temporaries.append(temporary)
  }

  /// Forgets a file that the commit does not need after all.
  func discard(_ temporary: String) {
    temporaries.removeAll { $0 == temporary }
    // Litter under a temporary name is removed by the next transaction.
    _ = try? directory.remove(temporary)
  }

  /// Gives all files their names, makes them last, and publishes the manifest.
  func publish(_ manifest: Manifest) throws(StoreError) {
    var folders: Set<String> = []
    while let temporary = temporaries.last {
      let path = String(temporary.dropLast(4))
      try directory.rename(temporary, to: path)
      temporaries.removeLast()
      let parents = Self.parents(of: path)
      guard let folder = parents.last else { continue }
      folders.insert(folder)
      // A new folder is a new name in the one above it.
      if !lastingFolders.contains(folder) { folders.formUnion(parents) }
    }
    // The deepest first; the store's own directory has the first names of the others.
    for folder in folders.sorted(by: >) { try directory.synchronise(directory: folder) }
    var manifest = manifest
    manifest.nextNumber = nextNumber
    manifest.epoch = epoch
    try ManifestLog(directory: directory).publish(manifest)
  }

  /// Removes what was not published.
  func removeTemporaries() {
    removeScratch()
    for temporary in temporaries {
      // The transaction failed already; litter is removed by the next one.
      _ = try? directory.remove(temporary)
    }
    temporaries = []
  }

  private func makeDirectories(for path: String) throws(StoreError) {
    for folder in Self.parents(of: path).sorted() where !folder.isEmpty {
      guard madeDirectories.insert(folder).inserted else { continue }
      try directory.makeDirectory(folder)
    }
  }

  /// The directories on the way to a file, the store's own, which is the empty path, included.
  private static func parents(of path: String) -> [String] {
    let parts = path.split(separator: "/")
    return (0..<parts.count).map { parts[..<$0].joined(separator: "/") }
  }
}
