import Glibc

extension StoreError {
  /// The code for a file that does not exist.
  static let noSuchFile = ENOENT
  /// The code for a write to what was opened for reading.
  static let readOnly = EROFS

  /// Returns the operating system's own words for an error code.
  static func text(ofSystemCode code: Int32) -> String {
    // Safe: strerror returns a string that lives at least until the thread's next call.
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }
}
