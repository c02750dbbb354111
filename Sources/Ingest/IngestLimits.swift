/// The bounds of the room, so that no input decides how much memory an import takes.
enum IngestLimits {
  /// Bytes that are read from a file at once.
  static let chunkBytes = 1 << 20
  /// Bytes that are decoded and mapped at once, besides what a row needs that does not fit.
  static let blockBytes = 512 << 10
  /// The longest field.
  static let fieldBytes = 1 << 20
  /// The longest line.
  static let rowBytes = 8 << 20
  /// The largest number of fields in a line.
  static let fields = 4096
  /// Lines from the top in which the header is looked for.
  static let headerLines = 30
  /// Bytes from the top that are looked at to recognise a file.
  static let headBytes = 256 << 10
  /// The largest channel definition.
  static let definitionBytes = 1 << 20
  /// Nesting of an expression in a definition.
  static let expressionDepth = 64
  /// Issues that a report shows; the quarantine file has all of them.
  static let shownIssues = 20
}
