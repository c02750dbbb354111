import ColumnStore
import Foundation
import LanguageServer
import QueryLang

/// Members of dimensions from the newest snapshot of a store, as SHOW VALUES OF answers.
struct StoreMembers: MemberSource {
  /// An editor does not wait longer.
  private static let longestAnswer: Duration = .seconds(2)
  /// The groups of a scan may take this share of the machine's memory.
  private static let scanShare: UInt64 = 16

  let directory: String
  let catalog: Catalog
  let zone: ReportZone

  func members(
    of dimension: String,
    beginningWith prefix: String,
    limit: Int
  ) async -> [String]? {
    let name = dimension.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"")
    let question = "SHOW VALUES OF \"\(name)\""
    guard let first = await answer("\(question) LIMIT \(limit)") else { return nil }
    let folded = prefix.lowercased()
    var found = first.filter { $0.lowercased().hasPrefix(folded) }
    // Members that did not come among the first are asked for as they are written.
    if first.count == limit, !prefix.isEmpty, !prefix.contains(where: { "'%_".contains($0) }) {
      found += await answer("\(question) LIKE '\(prefix)%' LIMIT \(limit)") ?? []
    }
    return found
  }

  /// The texts that a question comes to; nil when the store cannot answer in time.
  private func answer(_ question: String) async -> [String]? {
    let prepared = Report.prepare(
      question,
      name: nil,
      catalog: catalog,
      context: zone.context()
    )
    do {
      let store = try Store.open(DiskDirectory(path: directory + "/store"), mode: .read)
      let results = try await prepared.run(
        on: LocalBackend(snapshot: try store.snapshot(), pool: ScanPool(threads: 1)),
        policy: .unrestricted(reason: "whoever runs the command may read the files themselves"),
        limits: ScanLimits(
          bytes: MemoryShare.part(of: Self.scanShare),
          time: Self.longestAnswer
        )
      )
      guard case .report(let result)? = results.first else { return nil }
      return result.rows.compactMap { row in
        guard case .text(let text)? = row.first, !["(none)", "(unknown)"].contains(text) else {
          return nil
        }
        return text
      }
    } catch {
      // Completion goes on without members; what is wrong with the store is said by every query.
      return nil
    }
  }
}
