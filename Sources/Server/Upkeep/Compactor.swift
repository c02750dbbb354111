public import ColumnStore
public import Logging
internal import NIOPosix

/// Merges segments of a store while a server runs, so that nobody has to think of it.
///
/// It looks every minute, with one thread, and rests three times as long as it worked: it takes at
/// most a quarter of one processor. Readers and writers do not wait for it, and a server that ends
/// meanwhile loses nothing, see `Store.compact`.
public struct Compactor: Sendable {
  /// The time from one look to the next.
  static let interval = Duration.seconds(60)
  /// How many times as long it rests as it worked.
  static let restFactor = 3
  /// Rows that are merged before it rests, about.
  static let roundRows = 1 << 20

  private let open: @Sendable () throws -> Store
  private let logger: Logger

  /// Makes a compactor.
  ///
  /// - Parameters:
  ///   - logger: Is told what was merged.
  ///   - open: Opens the store for writing; it is closed after each look, so that no old version is
  ///     kept.
  public init(
    logger: Logger,
    open: @escaping @Sendable () throws -> Store
  ) {
    self.open = open
    self.logger = logger
  }

  /// Works until its task is cancelled; `clock` tells the time.
  public func run(on clock: some Clock<Duration> = ContinuousClock()) async {
    while !Task.isCancelled {
      let start = clock.now
      await look()
      let worked = start.duration(to: clock.now)
      do {
        try await clock.sleep(for: max(Self.interval, worked * Self.restFactor))
      } catch {
        return
      }
    }
  }

  /// Merges what is due, as far as a round goes.
  func look() async {
    do {
      let outcome = try await NIOThreadPool.singleton.runIfActive {
        try open().compact(rowLimit: Self.roundRows)
      }
      guard outcome.mergeCount > 0 else { return }
      logger.notice(
        "merged",
        metadata: [
          "segments": "\(outcome.segmentCount)", "into": "\(outcome.mergeCount)",
          "rows": "\(outcome.rowCount)", "bytes": "\(outcome.byteCountAfter)",
        ]
      )
    } catch {
      // Reports are answered all the same; the next look may find the disk in a better state.
      logger.warning("could not merge", metadata: ["reason": "\(error)"])
    }
  }
}
