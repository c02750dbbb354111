import Dispatch
import Synchronization

/// The threads on which scans run, and the only door between them and asynchronous code.
public final class ScanPool: Sendable {
  /// Rows below which a scan stays on the thread that it came on.
  package static let inlineRows = 131_072

  /// The number of threads that work on one scan.
  public let threads: Int
  let clock: ContinuousClock
  private let queue = DispatchQueue(label: "mandi.scan", attributes: .concurrent)
  private let turns: Mutex<Turns>

  /// Rows below which this pool's scans stay on the thread that they came on.
  let inlineRows: Int
  /// The instructions that kernels may use.
  let kernels: KernelLevel

  /// Makes a pool; `clock` measures the time limits of scans.
  public convenience init(threads: Int, clock: ContinuousClock = ContinuousClock()) {
    self.init(threads: threads, inlineRows: ScanPool.inlineRows, clock: clock)
  }

  /// Makes a pool that shares work from a number of rows on; `kernels` must be supported.
  package init(
    threads: Int,
    inlineRows: Int,
    kernels: KernelLevel = .ofEnvironment,
    clock: ContinuousClock = ContinuousClock()
  ) {
    precondition(kernels.isSupported, "a level that this processor has")
    self.threads = max(1, threads)
    self.inlineRows = inlineRows
    self.kernels = kernels
    self.clock = clock
    turns = Mutex(Turns(free: self.threads))
  }

  /// Who may run: at most as many scans at once as there are threads, the others in their order.
  private struct Turns {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  /// Runs parts `0..<parts` once each and returns when all are done, or one has failed.
  ///
  /// Every thread makes a worker and takes the next part until none is left. `makeWorker` is given
  /// the thread's number.
  ///
  /// - Throws: The error of the lowest part that failed.
  func run<Worker>(
    parts: Int,
    threads: Int,
    makeWorker: @Sendable (Int) -> Worker,
    body: @Sendable (Worker, Int) throws(StoreError) -> Void
  ) throws(StoreError) {
    let next = Atomic(0)
    let failure = Mutex<(part: Int, error: StoreError)?>(nil)
    @Sendable func work(_ thread: Int) {
      let worker = makeWorker(thread)
      while true {
        let part = next.add(1, ordering: .relaxed).oldValue
        guard part < parts, failure.withLock({ $0 == nil }) else { return }
        do throws(StoreError) {
          try body(worker, part)
        } catch {
          failure.withLock { first in
            if part < first?.part ?? .max { first = (part, error) }
          }
          return
        }
      }
    }
    if threads <= 1 || parts <= 1 {
      work(0)
    } else {
      DispatchQueue.concurrentPerform(iterations: min(threads, parts)) { work($0) }
    }
    if let found = failure.withLock({ $0 }) { throw found.error }
  }

  /// Leaves the cooperative threads once, runs `body` when its turn has come, and comes back with
  /// its answer.
  func leave<Answer: Sendable>(
    _ body: @escaping @Sendable () throws(StoreError) -> Answer
  ) async throws -> Answer {
    await takeTurn()
    defer { giveTurn() }
    return try await withCheckedThrowingContinuation { continuation in
      queue.async {
        do {
          continuation.resume(returning: try body())
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }

  private func takeTurn() async {
    await withCheckedContinuation { continuation in
      let runs = turns.withLock { turns in
        guard turns.free == 0 else {
          turns.free -= 1
          return true
        }
        turns.waiting.append(continuation)
        return false
      }
      if runs { continuation.resume() }
    }
  }

  private func giveTurn() {
    let next: CheckedContinuation<Void, Never>? = turns.withLock { turns in
      guard turns.waiting.isEmpty else { return turns.waiting.removeFirst() }
      turns.free += 1
      return nil
    }
    next?.resume()
  }
}
