/// Something that is wrong with a store.
public struct StoreProblem: Sendable, Hashable {
  /// The file, relative to the store's directory.
  public let file: String
  /// What is wrong and where.
  public let reason: String
}

extension Store {
  /// Checks the newest version: that every file is there with its length and checksum, and that its
  /// parts agree; with `deep`, also that every page decodes.
  ///
  /// - Returns: What is wrong, in the order of the manifest; nothing when the store is whole.
  /// - Throws: `StoreError.system` when the directory cannot be read.
  public func verify(deep: Bool) throws(StoreError) -> [StoreProblem] {
    let log = ManifestLog(directory: directory)
    let version = try log.newestVersion()
    var problems: [StoreProblem] = []
    func note(_ error: StoreError, file: String) {
      let reason =
        if case .damaged(_, let offset, let reason) = error {
          (offset.map { "at byte \($0): " } ?? "") + reason
        } else {
          "\(error)"
        }
      problems.append(StoreProblem(file: file, reason: reason))
    }
    let manifest: Manifest
    do throws(StoreError) {
      manifest = try log.read(version: version)
    } catch {
      note(error, file: Manifest.fileName(version: version))
      return problems
    }
    var counts: [String: Int] = [:]
    for dictionary in manifest.dictionaries {
      for chunk in dictionary.chunks {
        counts[dictionary.name] = chunk.firstCode + chunk.count
        do throws(StoreError) {
          _ = try opener.openChunk(chunk, of: dictionary.name)
        } catch { note(error, file: chunk.file.path) }
      }
    }
    for table in manifest.tables {
      for entry in table.segments {
        do throws(StoreError) {
          try check(entry, schema: table.schema, counts: counts, deep: deep)
        } catch { note(error, file: entry.file.path) }
        guard let deletions = entry.deletions else { continue }
        do throws(StoreError) {
          _ = try opener.openDeletions(entry)
        } catch { note(error, file: deletions.path) }
      }
    }
    return problems
  }

  private func check(
    _ entry: Manifest.Segment,
    schema: TableSchema,
    counts: [String: Int],
    deep: Bool
  ) throws(StoreError) {
    let file = try opener.openSegment(entry)
    _ = try Segment(file, schema: schema, cache: opener.cache, dictionaryCounts: counts)
    if deep {
      for (column, stored) in file.footer.columns.enumerated() {
        for block in stored.pages.indices { _ = try file.vector(column: column, block: block) }
      }
    }
    // Last, because a page that does not decode says more than the checksum of the file.
    guard file.file.checksum == entry.file.checksum else {
      throw .damaged(file: file.path, offset: nil, reason: "its checksum does not match")
    }
  }
}
