import Foundation

/// Parts of the machine's memory that one process may use for a purpose.
enum MemoryShare {
  /// Returns one part of so many, in bytes.
  static func part(of parts: UInt64) -> Int {
    Int(clamping: ProcessInfo.processInfo.physicalMemory / parts)
  }
}
