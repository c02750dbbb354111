import Foundation
import Glibc

/// Reads a file from its beginning in chunks of bytes.
final class FileChunks: ByteStream {
  private let handle: FileHandle
  private let path: String

  /// Opens a file.
  init(path: String) throws(IngestError) {
    let kind = try FileChunks.kind(of: path)
    guard kind != .typeDirectory else {
      throw .unreadable(path: path, reason: "it is a directory; name the files in it")
    }
    // Opening a pipe waits for its writer, and a device may never end.
    guard kind == .typeRegular else {
      throw .unreadable(path: path, reason: "it is not a regular file; save it as one first")
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw .unreadable(path: path, reason: "the file cannot be opened; check its permissions")
    }
    self.handle = handle
    self.path = path
  }

  private static func kind(of path: String) throws(IngestError) -> FileAttributeType? {
    guard FileManager.default.fileExists(atPath: path) else {
      throw .unreadable(path: path, reason: "there is no such file")
    }
    do {
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      guard let kind = attributes[.type] as? FileAttributeType else { return nil }
      guard kind == .typeSymbolicLink else { return kind }
      let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
      return try FileManager.default.attributesOfItem(atPath: target)[.type] as? FileAttributeType
    } catch {
      throw .unreadable(path: path, reason: error.localizedDescription)
    }
  }

  /// Returns the next bytes, at most `count`; empty at the end.
  func next(_ count: Int = IngestLimits.chunkBytes) throws(IngestError) -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try read(count, into: &bytes)
    return bytes
  }

  /// The number of bytes of the file now.
  var byteCount: Int {
    var status = stat()
    // Safe: `status` outlives the call.
    return unsafe fstat(handle.fileDescriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  func read(_ count: Int, into bytes: inout [UInt8]) throws(IngestError) -> Int {
    var size = 0
    bytes.append(addingCapacity: count) { output in
      // Safe: there is room for `count` bytes after those that are there, the kernel writes no more,
      // and only as many as it wrote become part of the array.
      unsafe output.withUnsafeMutableBufferPointer { buffer, filled in
        let room = unsafe UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]
        )
        repeat {
          size = unsafe Glibc.read(handle.fileDescriptor, room.baseAddress, min(count, room.count))
        } while size < 0 && errno == EINTR
        filled += max(size, 0)
      }
    }
    guard size >= 0 else {
      let reason = POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO).localizedDescription
      throw .unreadable(path: path, reason: reason)
    }
    return size
  }
}
