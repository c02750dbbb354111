/// How long a version stays after a newer one replaced it.
public struct RetentionRule: Sendable, Hashable {
  /// The number of versions that always stay.
  public var versions: Int
  /// The shortest time that a version stays after it was replaced.
  public var grace: Duration

  /// Makes a rule; by default eight versions and ten minutes.
  public init(versions: Int = 8, grace: Duration = .seconds(600)) {
    precondition(versions >= 1, "the newest version stays")
    self.versions = versions
    self.grace = grace
  }
}

/// Removes versions past their grace, and every file that no version lists; only ever under the
/// store's lock.
struct Retirement {
  /// How long the file of a merge stays that was not committed: longer than any merge takes.
  static let mergeGrace = Duration.seconds(3_600)

  let directory: any StoreDirectory
  let rule: RetentionRule

  func run() throws(StoreError) {
    let log = ManifestLog(directory: directory)
    let versions = try log.versions()
    var kept = versions
    for place in versions.indices.dropLast(rule.versions) {
      // A version is replaced when the next one is written.
      let next = Manifest.fileName(version: versions[place + 1])
      guard try directory.age(of: next) >= rule.grace else { break }
      try directory.remove(Manifest.fileName(version: versions[place]))
      kept.removeFirst()
    }
    var needed: Set<String> = []
    for version in kept {
      for file in try log.read(version: version).files { needed.insert(file.path) }
    }
    for folder in try folders() {
      for name in try directory.list(folder) {
        let path = Self.path(name, in: folder)
        guard try isOurs(name, in: folder), !needed.contains(path) else { continue }
        try directory.remove(path)
      }
    }
  }

  /// Removes the files that a killed transaction left under temporary names.
  ///
  /// Only transactions write such files, and each holds the lock from its first to its last one. So
  /// nobody needs those that the next one finds when it begins.
  func removeTemporaries() throws(StoreError) {
    for folder in try folders() {
      for name in try directory.list(folder) where Self.isTemporary(name) {
        try directory.remove(Self.path(name, in: folder))
      }
    }
  }

  private static func isTemporary(_ name: String) -> Bool { name.hasSuffix(".tmp") }

  private static func path(_ name: String, in folder: String) -> String {
    folder.isEmpty ? name : "\(folder)/\(name)"
  }

  /// The directories that hold files of the store.
  private func folders() throws(StoreError) -> [String] {
    var folders = ["", "dictionaries"]
    for parent in ["segments", "deletes"] {
      for table in try directory.list(parent) { folders.append("\(parent)/\(table)") }
    }
    return folders
  }

  /// Tells whether a file is one that the store makes; others are left alone.
  private func isOurs(_ name: String, in folder: String) throws(StoreError) -> Bool {
    if Self.isTemporary(name) { return true }
    if folder.isEmpty { return false }
    if name.hasSuffix(".seg" + SegmentMerge.suffix) {
      return try directory.age(of: "\(folder)/\(name)") >= Self.mergeGrace
    }
    return folder == "dictionaries"
      ? name.contains(".") : name.hasSuffix(".seg") || name.hasSuffix(".del")
  }
}
