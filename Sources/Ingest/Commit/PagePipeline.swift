import Dispatch
import Synchronization

/// Decodes and maps the blocks of one file on several threads, and gives the pages in the order of
/// the file to the one thread that asks for them.
///
/// ```
///  read ──► decode ──► put in order ──► map ──► next()
///  one at   any        one at a time,   any     the asking
///  a time   thread     by number        thread  thread
/// ```
///
/// Only what needs the rows before it is done in order: whether a block began with a row, numbers of
/// lines and occurrences, and fields that are carried on. The asking thread works too while its page
/// is not there. Blocks that are under way are bounded, and so is memory.
final class PagePipeline: Sendable {
  /// A page of rows, and how far the file is read behind it.
  struct Step: Sendable {
    let page: CanonicalPage
    let bytesRead: Int
  }

  /// A block on its way.
  private enum Stage: Sendable {
    case decoded(DecodedBlock)
    /// Some thread puts it in order or maps it.
    case taken
    case ordered(OrderedPage)
    case mapped(Step)
    case failed(ReadingFailure)
  }

  /// A page in its place in the file, with what is needed to map it.
  private struct OrderedPage: Sendable {
    let page: Normaliser.Page
    let normaliser: Normaliser
    let bytesRead: Int
  }

  private enum Work {
    case order(Int, DecodedBlock)
    case finish(Int)
    case map(Int, OrderedPage)
    case read
  }

  /// What a thread does next.
  private enum Turn {
    case work(Work)
    case wait
    case give(Step)
    case fail(ReadingFailure)
    case end
  }

  /// Which blocks are where.
  private struct State {
    var stages: [Int: Stage] = [:]
    /// Blocks that some thread has begun to read.
    var claimedCount = 0
    /// The number of blocks of the file, once its end was read.
    var blockCount: Int?
    var nextToOrder = 0
    var nextToGive = 0
    var isOrdering = false
    /// Tells whether a thread reads: bytes come in the order of the file.
    var isReading = false
    /// Tells whether all blocks are in order.
    var isOrdered = false
    var isStopped = false
    /// Whether the asking thread waits for a change, and how many others do.
    ///
    /// They wait apart: a change that gives nothing to do to a helper may be the page that is asked
    /// for, and a helper must not be woken in place of the one who asks.
    var isAskerWaiting = false
    var helperCount = 0
  }

  private struct Reading {
    var source: BlockSource
    var count = 0
    var isAtEnd = false

    /// The next block with its number; nil at the end.
    mutating func next(
      isEncodingAssumed: Bool
    ) -> (Int, Result<ByteBlock, ReadingFailure>?) {
      guard !isAtEnd else { return (count, nil) }
      let index = count
      do throws(IngestError) {
        guard let block = try source.next() else {
          isAtEnd = true
          return (index, nil)
        }
        count += 1
        guard source.isUTF8SoFar || !isEncodingAssumed else {
          isAtEnd = true
          return (index, .failure(.otherEncoding))
        }
        return (index, .success(block))
      } catch {
        count += 1
        isAtEnd = true
        return (index, .failure(.file(error)))
      }
    }
  }

  private struct Ordering {
    var sequence: RowSequence
    var normaliser: Normaliser
    var memory: RowMemory
  }

  private let decoder: CSVDecoder
  private let fileVersion: Int64?
  /// Tells whether bytes that are not UTF-8 end the work.
  private let isEncodingAssumed: Bool
  /// Blocks between the reading and the asking thread.
  private let limit: Int
  private let state = Mutex(State())
  private let reading: Mutex<Reading>
  private let ordering: Mutex<Ordering>
  private let askerSignal = DispatchSemaphore(value: 0)
  private let helperSignal = DispatchSemaphore(value: 0)
  private let helpers = DispatchGroup()

  /// Begins to work with `threads` threads, the asking one counted.
  init(
    _ parts: TableParts,
    normaliser: Normaliser,
    fileVersion: Int64?,
    isEncodingAssumed: Bool,
    threads: Int
  ) {
    decoder = parts.decoder
    self.fileVersion = fileVersion
    self.isEncodingAssumed = isEncodingAssumed
    limit = PagePipeline.blocksPerThread * threads
    reading = Mutex(Reading(source: parts.source))
    ordering = Mutex(
      Ordering(
        sequence: parts.sequence,
        normaliser: normaliser,
        memory: normaliser.makeMemory()
      )
    )
    for _ in 0..<(threads - 1) {
      DispatchQueue.global().async(group: helpers) { [self] in help() }
    }
  }

  /// Blocks that may be under way for each thread.
  private static let blocksPerThread = 2

  /// Returns the next page, or nil at the end of the file; for one thread only.
  func next() throws(ReadingFailure) -> Step? {
    while true {
      switch turn(isAsking: true) {
      case .give(let step):
        change { _ in }
        return step
      case .fail(let error): throw error
      case .end: return nil
      case .work(let work): run(work)
      case .wait: askerSignal.wait()
      }
    }
  }

  /// What all bytes of the file told, after its end; nil where that was known before.
  var survey: FileSurvey? { reading.withLock { $0.source.survey } }

  /// Ends the work, and waits until no thread does any.
  func stop() {
    change { $0.isStopped = true }
    helpers.wait()
  }

  private func help() {
    while true {
      switch turn(isAsking: false) {
      case .work(let work): run(work)
      case .wait: helperSignal.wait()
      case .give, .fail, .end: return
      }
    }
  }

  // MARK: - What is next

  /// Decides what a thread does next, and takes it.
  private func turn(isAsking: Bool) -> Turn {
    state.withLock { state in
      if state.isStopped { return .end }
      if isAsking {
        switch state.stages[state.nextToGive] {
        case .mapped(let step):
          state.stages[state.nextToGive] = nil
          state.nextToGive += 1
          return .give(step)
        case .failed(let error): return .fail(error)
        case .decoded, .taken, .ordered, nil: break
        }
        if state.isOrdered, state.nextToGive == state.blockCount { return .end }
      }
      if let work = PagePipeline.takeWork(&state, limit: limit) { return .work(work) }
      if isAsking { state.isAskerWaiting = true } else { state.helperCount += 1 }
      return .wait
    }
  }

  /// What is farthest on its way comes first, so that pages leave before others come.
  private static func takeWork(_ state: inout State, limit: Int) -> Work? {
    let index = state.nextToOrder
    if !state.isOrdering, !state.isOrdered {
      if case .decoded(let block)? = state.stages[index] {
        state.stages[index] = .taken
        state.isOrdering = true
        return .order(index, block)
      }
      if index == state.blockCount {
        state.isOrdering = true
        return .finish(index)
      }
    }
    for index in state.nextToGive..<max(state.nextToOrder, state.nextToGive) {
      guard case .ordered(let page)? = state.stages[index] else { continue }
      state.stages[index] = .taken
      return .map(index, page)
    }
    guard !state.isReading, state.blockCount == nil,
      state.claimedCount - state.nextToGive < limit
    else { return nil }
    state.claimedCount += 1
    state.isReading = true
    return .read
  }

  /// Changes the state and wakes the threads that wait for a change.
  private func change(_ body: (inout State) -> Void) {
    let (isAskerWaiting, count) = state.withLock { state in
      body(&state)
      defer { (state.isAskerWaiting, state.helperCount) = (false, 0) }
      return (state.isAskerWaiting, state.helperCount)
    }
    if isAskerWaiting { askerSignal.signal() }
    for _ in 0..<count { helperSignal.signal() }
  }

  // MARK: - The work

  private func run(_ work: Work) {
    switch work {
    case .read: read()
    case .order(let index, let block): order(index, block)
    case .finish(let index): finish(index)
    case .map(let index, let ordered):
      let page = ordered.normaliser.normalise(ordered.page, fileVersion: fileVersion)
      let step = Step(page: page, bytesRead: ordered.bytesRead)
      reading.withLock { $0.source.reuse(ordered.page.rows.bytes) }
      change { $0.stages[index] = .mapped(step) }
    }
  }

  private func read() {
    let (index, result) = reading.withLock { reading in
      reading.next(isEncodingAssumed: isEncodingAssumed)
    }
    change { state in
      state.isReading = false
      switch result {
      case nil: state.blockCount = index
      case .failure(let error): state.stages[index] = .failed(error)
      case .success: break
      }
    }
    if case .success(let block)? = result {
      var decoded = decoder.decode(block)
      decoded.page.composeCharacters()
      let done = decoded
      change { $0.stages[index] = .decoded(done) }
    }
  }

  private func order(_ index: Int, _ block: DecodedBlock) {
    let stage = ordering.withLock { ordering -> Stage in
      do throws(IngestError) {
        let page = try ordering.sequence.take(block)
        return PagePipeline.ordered(page, bytesRead: block.block.bytesRead, &ordering)
      } catch {
        return .failed(.file(error))
      }
    }
    change { state in
      state.stages[index] = stage
      state.nextToOrder += 1
      // Nothing is put in order after a block that cannot be.
      if case .failed = stage { return }
      state.isOrdering = false
    }
  }

  /// Puts the last rows in order where the last block did not know that it was the last.
  private func finish(_ index: Int) {
    let stage = ordering.withLock { ordering -> Stage? in
      do throws(IngestError) {
        guard let page = try ordering.sequence.finish() else { return nil }
        return PagePipeline.ordered(page, bytesRead: 0, &ordering)
      } catch {
        return .failed(.file(error))
      }
    }
    change { state in
      state.isOrdered = true
      state.isOrdering = false
      guard let stage else { return }
      state.stages[index] = stage
      state.nextToOrder += 1
      state.blockCount = index + 1
    }
  }

  private static func ordered(
    _ page: DecodedPage,
    bytesRead: Int,
    _ ordering: inout Ordering
  ) -> Stage {
    let page = ordering.normaliser.prepare(page, &ordering.memory)
    return .ordered(
      OrderedPage(page: page, normaliser: ordering.normaliser, bytesRead: bytesRead)
    )
  }
}
