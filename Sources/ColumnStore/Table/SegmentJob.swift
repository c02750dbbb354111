import Dispatch
import Synchronization

/// The writing of one segment by another thread, while the transaction takes the next rows.
final class SegmentJob: Sendable {
  private let group = DispatchGroup()
  private let outcome = Mutex<Result<SegmentWriter.Result, StoreError>?>(nil)

  /// Begins to write rows, and to make the file last.
  init(
    _ columns: [ColumnRows],
    rowCount: Int,
    schema: TableSchema,
    temporary: String,
    directory: any StoreDirectory
  ) {
    DispatchQueue.global().async(group: group) { [self] in
      let result = SegmentJob.write(
        columns,
        rowCount: rowCount,
        schema: schema,
        temporary: temporary,
        directory: directory
      )
      outcome.withLock { $0 = result }
    }
  }

  /// Waits until nothing is written any more.
  func wait() { group.wait() }

  /// Waits, and returns what a manifest says about the file.
  func result() throws(StoreError) -> SegmentWriter.Result {
    wait()
    guard let outcome = outcome.withLock({ $0 }) else {
      preconditionFailure("a job that has ended has an outcome")
    }
    return try outcome.get()
  }

  private static func write(
    _ columns: [ColumnRows],
    rowCount: Int,
    schema: TableSchema,
    temporary: String,
    directory: any StoreDirectory
  ) -> Result<SegmentWriter.Result, StoreError> {
    do throws(StoreError) {
      let writer = SegmentWriter(schema: schema, codec: try ZstdCodec())
      let result = try TransactionFiles.write(temporary, in: directory) {
        file throws(StoreError) in
        try writer.write(columns, rowCount: rowCount, to: file)
      }
      return .success(result)
    } catch {
      return .failure(error)
    }
  }
}
