/// When small segments are merged, and when deleted rows are left behind: by size, in tiers.
///
/// Segments are in one tier when they have about as many rows; each tier has `fanIn` times the rows
/// of the one before. A tier that has `fanIn` segments is merged into one of the next. So a row is
/// written again about as often as there are tiers, whatever the number of commits.
public struct CompactionPolicy: Sendable, Hashable {
  /// Segments of one tier that are merged.
  public var fanIn: Int
  /// Segments with fewer rows than this are in the first tier.
  public var firstTierRows: Int
  /// Rows of a merged segment; segments with more than half of them are left alone.
  public var segmentRows: Int
  /// Percent of a segment's rows that must be deleted for it to be written again without them.
  public var deletedPercent: Int

  /// Makes a policy; by default four segments, 1,024 rows, full segments, and 20 percent.
  public init(
    fanIn: Int = 4,
    firstTierRows: Int = 1_024,
    segmentRows: Int = 1_048_576,
    deletedPercent: Int = 20
  ) {
    precondition(fanIn >= 2 && firstTierRows > 0, "a merge makes fewer segments")
    precondition(segmentRows <= SegmentFormat.segmentRows, "a merged segment is no larger")
    precondition(deletedPercent > 0, "a segment without deletions is not written again")
    self.fanIn = fanIn
    self.firstTierRows = firstTierRows
    self.segmentRows = segmentRows
    self.deletedPercent = deletedPercent
  }

  /// The size of a segment.
  struct Shape: Sendable, Hashable {
    let rowCount: Int
    let deletedCount: Int

    var liveCount: Int { rowCount - deletedCount }
  }

  /// Returns the places of the segments that are to be merged next, ascending; nil when nothing is
  /// due that has at most `rowLimit` live rows.
  func nextMerge(of segments: [Shape], rowLimit: Int = .max) -> [Int]? {
    let limit = min(segmentRows, rowLimit)
    var tiers: [Int: [Int]] = [:]
    for place in segments.indices where segments[place].liveCount <= segmentRows / 2 {
      tiers[tier(of: segments[place]), default: []].append(place)
    }
    for tier in tiers.keys.sorted() {
      let places = tiers[tier] ?? []
      guard places.count >= fanIn else { continue }
      var chosen: [Int] = []
      var rows = 0
      for place in places where rows + segments[place].liveCount <= limit {
        chosen.append(place)
        rows += segments[place].liveCount
      }
      if chosen.count >= 2 { return chosen }
    }
    return segments.indices.first { place in
      let segment = segments[place]
      return segment.deletedCount > 0
        && segment.liveCount <= min(rowLimit, SegmentFormat.segmentRows)
        && segment.deletedCount * 100 >= segment.rowCount * deletedPercent
    }.map { [$0] }
  }

  private func tier(of segment: Shape) -> Int {
    var tier = 0
    var rows = firstTierRows
    while segment.liveCount >= rows {
      tier += 1
      rows *= fanIn
    }
    return tier
  }
}
