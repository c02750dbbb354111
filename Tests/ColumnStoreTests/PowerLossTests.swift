@testable import ColumnStore
import Synchronization
import TestKit
import Testing

/// Loses power at every operation of a history, in many ways, and opens what is left.
private final class PowerLossHarness: Sendable {
  private struct State {
    var random: SeededRandom
    /// The rows of every version that was begun, by version.
    var expected: [UInt64: [String: Sales.Row]] = [0: [:]]
    var acknowledged: UInt64 = 0
    var verified: Set<Seen> = []
    var images = 0
    var violations: [String] = []
  }

  /// Equal files give a reader equal answers, so that rows are compared once for each.
  private struct Seen: Hashable {
    let version: UInt64
    let files: [ObjectIdentifier]
  }

  let directory: CrashingDirectory
  private let imagesPerOperation: Int
  private let state: Mutex<State>
  /// Keeps opened files alive, so that their identities stay theirs.
  private let images = Mutex<[MappedFile]>([])

  init(mutant: CrashingDirectory.Mutant?, seed: UInt64, imagesPerOperation: Int) {
    self.directory = CrashingDirectory(mutant: mutant)
    self.imagesPerOperation = imagesPerOperation
    self.state = Mutex(State(random: SeededRandom(seed: seed)))
  }

  var imageCount: Int { state.withLock { $0.images } }
  var violations: [String] { state.withLock { $0.violations } }

  func run(commits: Int, seed: UInt64) throws {
    var history = SalesHistory(seed: seed)
    var model = SalesModel()
    var epoch: UInt64 = 0
    directory.observe { [unowned self] in self.losePower() }
    defer { directory.observe(nil) }
    for commit in 0..<commits {
      var batches: [[Sales.Row]] = []
      for _ in 0..<Int.random(in: 1...2, using: &history.random) {
        batches.append(history.batch(keys: 9, upTo: 4))
      }
      let isSlice = commit % 5 == 4
      if isSlice {
        model.replaceSlices(batches)
      } else {
        for batch in batches { model.upsert(batch) }
      }
      let rows = model.rows
      epoch += 1
      let drawn = epoch
      let store = try Store.open(directory, mode: .readWrite, makeEpoch: { drawn })
      let before = try store.snapshot().version
      state.withLock { $0.expected[before + 1] = rows }
      try store.write { transaction in
        // Every other commit lets its texts go to scratch files.
        if commit % 2 == 1 { transaction.textByteLimit = 0 }
        try transaction.declare(Sales.schema)
        if isSlice {
          let slice = try transaction.beginSliceReplacement(of: "sale", slice: ["channel", "day"])
          for batch in batches { _ = try slice.upsert(Sales.batch(batch)) }
          _ = try slice.finish()
        } else {
          for batch in batches { _ = try transaction.upsert(Sales.batch(batch), into: "sale") }
        }
        transaction.annotations["commit"] = "\(commit)"
      }
      state.withLock { $0.acknowledged = before + 1 }
      if commit % 3 == 2 { try compact(rows) }
    }
  }

  /// Merges what is due; every version that comes of it has the same rows.
  private func compact(_ rows: [String: Sales.Row]) throws {
    let store = try Store.open(directory, mode: .readWrite)
    var version = try store.snapshot().version
    let note: () -> Void = { [unowned self] in
      version += 1
      self.state.withLock { $0.expected[version] = rows }
    }
    note()
    let outcome = try store.compact(CompactionTests.eager) { () throws(StoreError) in note() }
    state.withLock { $0.acknowledged += UInt64(outcome.mergeCount) }
  }

  private func losePower() {
    var random = state.withLock { $0.random }
    for number in 0..<imagesPerOperation {
      let likelihood = [100, 0, 50, 80, 20][number % 5]
      let image = directory.image(likelihood: likelihood, using: &random)
      check(image, goOn: number == 2 && directory.operationCount % 16 == 0)
    }
    let next = random
    state.withLock { $0.random = next }
  }

  private func check(_ image: CrashImage, goOn: Bool) {
    state.withLock { $0.images += 1 }
    let reader = image.directory()
    do {
      let snapshot = try Store.open(reader, mode: .read).snapshot()
      let acknowledged = state.withLock { $0.acknowledged }
      guard snapshot.version >= acknowledged else {
        return report("version \(acknowledged) was acknowledged, \(snapshot.version) is there")
      }
      if goOn { try commit(after: image, version: snapshot.version) }
      let seen = Seen(version: snapshot.version, files: reader.openedFiles)
      guard state.withLock({ $0.verified.insert(seen).inserted }) else { return }
      images.withLock { $0.append(contentsOf: image.files.values) }
      let expected = state.withLock { $0.expected[snapshot.version] }
      guard try Sales.rows(snapshot) == expected else {
        return report("version \(snapshot.version) does not hold its rows")
      }
    } catch {
      report("\(error)")
    }
  }

  /// Goes on with what is left, litter included.
  private func commit(after image: CrashImage, version: UInt64) throws {
    let directory = MemoryDirectory(files: image.files.mapValues(\.allBytes))
    let store = try Store.open(directory, mode: .readWrite)
    let row = Sales.Row(channel: "after", order: "the crash")
    try store.write { transaction in
      try transaction.declare(Sales.schema)
      _ = try transaction.upsert(Sales.batch([row]), into: "sale")
    }
    var expected = state.withLock { $0.expected[version] }
    expected?["after/the crash"] = row
    guard try Sales.rows(store.snapshot()) == expected,
      try store.verify(.everything).damages.isEmpty,
      !directory.files.keys.contains(where: { $0.hasSuffix(".tmp") })
    else { return report("version \(version) cannot be gone on with") }
  }

  private func report(_ violation: String) {
    state.withLock { $0.violations.append(violation) }
  }
}

@Suite struct PowerLossTests {
  @Test func noAcknowledgedCommitIsLostAndNoneIsHalfThere() throws {
    let harness = PowerLossHarness(mutant: nil, seed: 1, imagesPerOperation: 15)
    try harness.run(commits: 44, seed: 2)
    print(
      "power loss: \(harness.imageCount) images of \(harness.directory.operationCount) operations"
    )
    #expect(harness.violations.isEmpty, "\(harness.violations.prefix(3))")
    #expect(harness.imageCount >= 20_000)
  }

  @Test(arguments: [
    CrashingDirectory.Mutant.withoutFileSynchronisation,
    .withoutDirectorySynchronisation,
  ])
  func missingSynchronisationIsCaught(mutant: CrashingDirectory.Mutant) throws {
    let harness = PowerLossHarness(mutant: mutant, seed: 3, imagesPerOperation: 5)
    try harness.run(commits: 3, seed: 4)
    print("power loss without a promise: \(harness.violations.count) of \(harness.imageCount)")
    #expect(!harness.violations.isEmpty)
  }
}
