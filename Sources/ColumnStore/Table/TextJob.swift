import Dispatch
import Synchronization

/// The encoding of texts of a dictionary by another thread, while the transaction adds the next ones.
final class TextJob: Sendable {
  private let group = DispatchGroup()
  private let outcome = Mutex<Result<DictionaryChunk, StoreError>?>(nil)

  /// Begins to encode texts, which get the codes from `firstCode` on.
  init(_ texts: TextRun, name: String, firstCode: Int) {
    DispatchQueue.global().async(group: group) { [self] in
      let result: Result<DictionaryChunk, StoreError>
      do throws(StoreError) {
        result = .success(try DictionaryChunk.encoding(texts, name: name, firstCode: firstCode))
      } catch {
        result = .failure(error)
      }
      outcome.withLock { $0 = result }
    }
  }

  /// Waits, and returns the texts as they are in a file.
  func result() throws(StoreError) -> DictionaryChunk {
    group.wait()
    guard let outcome = outcome.withLock({ $0 }) else {
      preconditionFailure("a job that has ended has an outcome")
    }
    return try outcome.get()
  }
}
