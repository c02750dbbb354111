import ColumnStore
import Foundation
import TestKit
import Testing

@testable import Ingest

@Suite struct FailedCommitTests {
  /// Imports a file with bad rows into a new store in which one operation fails.
  private func run(failing operation: Int) throws -> (isDone: Bool, operationCount: Int) {
    let folder = NSTemporaryDirectory() + "mandi-commit-" + UUID().uuidString
    defer {
      // What is left of a folder for tests disturbs no other test.
      try? FileManager.default.removeItem(atPath: folder)
    }
    let disk = DiskDirectory(path: folder + "/store")
    let directory = FailingDirectory(
      disk,
      fault: FailingDirectory.Fault(operation: operation, code: 5, isLasting: false)
    )
    let isDone: Bool
    do {
      let importer = Importer(
        store: try Store.open(directory, mode: .readWrite),
        dataDirectory: folder,
        library: try ChannelLibrary.builtIn(),
        pool: ScanPool(threads: 1)
      )
      let report = try importer.importFile(
        try ImportHarness.fixture("amazon_all_orders_32.txt"),
        ImportRequest()
      )
      let snapshot = try Store.open(disk, mode: .read).snapshot()
      #expect(report.snapshot == snapshot.version, "operation \(operation)")
      isDone = true
    } catch {
      isDone = false
    }
    let quarantine = folder + "/quarantine"
    let names =
      FileManager.default.fileExists(atPath: quarantine)
      ? try FileManager.default.contentsOfDirectory(atPath: quarantine) : []
    #expect(names.count == (isDone ? 1 : 0), "operation \(operation)")
    return (isDone, directory.operationCount)
  }

  @Test func aFailedCommitLeavesNoQuarantineFile() throws {
    let whole = try run(failing: -1)
    #expect(whole.isDone)
    var failures = 0
    for operation in 0..<whole.operationCount where try !run(failing: operation).isDone {
      failures += 1
    }
    #expect(failures > 5)
  }
}
