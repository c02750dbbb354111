/// Why the reading of a file ends before its rows are taken.
enum ReadingFailure: Error {
  /// The file cannot be read, or is refused.
  case file(IngestError)
  /// The file is not in the encoding that its top seemed to be in.
  case otherEncoding
  /// The store has the file.
  case known(FileMark)
}
