import ColumnStore
import Crypto
import Foundation

/// The secret under which a store hashes its customers: 32 random bytes in `keys/`, mode 0600.
///
/// With another key every customer would be a new one, so the store remembers a fingerprint and takes
/// no files without the key that fits; the key belongs into each backup.
enum CustomerKeyFile {
  static let name = "customer-hash.key"
  private static let byteCount = 32

  /// The annotation under which the store remembers the key's fingerprint.
  static let annotation = "customer.key"

  /// Reads the key of a data directory, and makes one for a store that never had one.
  ///
  /// The caller holds the store's lock, so that two imports cannot make two, and tells the fingerprint
  /// that the store remembers.
  static func load(dataDirectory: String, known: String?) throws(IngestError) -> [UInt8] {
    let path = dataDirectory + "/keys/" + name
    if FileManager.default.fileExists(atPath: path) {
      let bytes = try FileChunks(path: path).next(byteCount + 1)
      guard bytes.count == byteCount else {
        throw .unreadable(
          path: path,
          reason: "the key has \(bytes.count) bytes, not \(byteCount); restore it from a backup"
        )
      }
      guard known == nil || known == fingerprint(of: bytes) else {
        throw .unreadable(
          path: path,
          reason: "it is not the key under which this store's customers are kept; restore that one "
            + "from a backup"
        )
      }
      return bytes
    }
    guard known == nil else {
      throw .unreadable(
        path: path,
        reason: "the key under which this store's customers are kept is missing; restore it from a "
          + "backup, or every customer would become a new one"
      )
    }
    var generator = SystemRandomNumberGenerator()
    let key = (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    try write(key, dataDirectory: dataDirectory)
    return key
  }

  /// What the store remembers of a key; it tells nothing about the key.
  static func fingerprint(of key: [UInt8]) -> String {
    SHA256.hash(data: key).lowercaseHex
  }

  /// Writes beside the final name and renames, so that no reader sees half a key.
  private static func write(_ key: [UInt8], dataDirectory: String) throws(IngestError) {
    let directory = DiskDirectory(path: dataDirectory)
    let temporary = "keys/\(name).tmp"
    let path = dataDirectory + "/" + temporary
    do {
      try directory.prepare()
      try directory.makeDirectory("keys")
      let manager = FileManager.default
      if manager.fileExists(atPath: path) { try manager.removeItem(atPath: path) }
      // Empty first: the mode is right before the secret is inside.
      guard manager.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
      else { throw IngestError.unwritable(path: path, reason: "the file cannot be created") }
      try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      guard let handle = FileHandle(forWritingAtPath: path) else {
        throw IngestError.unwritable(path: path, reason: "the file cannot be opened")
      }
      try handle.write(contentsOf: key)
      try handle.synchronize()
      try handle.close()
      try directory.rename(temporary, to: "keys/\(name)")
      try directory.synchronise(directory: "keys")
      try directory.synchronise(directory: "")
    } catch let error as IngestError {
      throw error
    } catch let error as StoreError {
      throw .store(error)
    } catch {
      throw .unwritable(path: path, reason: error.localizedDescription)
    }
  }
}
