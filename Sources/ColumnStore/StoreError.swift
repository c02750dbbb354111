/// What can go wrong in the store.
///
/// Cases carry data; the sentence is in `description`.
public enum StoreError: Error, Sendable, Equatable {
  /// A file of the store does not hold what it must.
  case damaged(file: String, offset: Int?, reason: String)
  /// The operating system refused an operation on a file.
  case system(operation: String, path: String, code: Int32)
  /// A table of that name does not exist.
  case unknownTable(String)
  /// A table has no such column.
  case unknownColumn(table: String, column: String)
  /// A plan or a batch does not fit the schema.
  case mismatch(String)
  /// A scan reached one of its limits.
  case limitReached(limit: String, value: String)
  /// Arithmetic left the range of 64 bits.
  case overflow(String)
  /// The scan was cancelled.
  case cancelled
  /// Another writer committed first; nothing was written.
  case lostRace(version: UInt64)
}

extension StoreError: CustomStringConvertible {
  /// The sentence for a person, with the place and what to do.
  public var description: String {
    switch self {
    case .damaged(let file, let offset, let reason):
      "\(file)\(offset.map { " at byte \($0)" } ?? "") is damaged: \(reason); "
        + "restore the file from a backup, or run `mandi verify` to see what else is affected"
    case .system(let operation, let path, let code):
      "could not \(operation) \(path): \(StoreError.text(ofSystemCode: code))"
    case .unknownTable(let name): "the store has no table \(name)"
    case .unknownColumn(let table, let column): "the table \(table) has no column \(column)"
    case .mismatch(let reason): reason
    case .limitReached(let limit, let value): "the scan needs more than \(value) \(limit)"
    case .overflow(let what): "\(what) does not fit 64 bits"
    case .cancelled: "the scan was cancelled"
    case .lostRace(let version): "another writer committed version \(version) first"
    }
  }
}
