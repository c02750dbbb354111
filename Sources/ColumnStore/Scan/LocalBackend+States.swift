extension LocalBackend {
  /// Answers a plan from the states of its segments; segments without a state are scanned.
  ///
  /// - Returns: Nil where the plan has to be scanned in full.
  func answer(
    _ plan: ScanPlan,
    from cache: StateCache,
    _ scan: SegmentScan
  ) throws(StoreError) -> ResultTable? {
    guard let table = snapshot.table(plan.table) else { return nil }
    let stamps = table.segments.map { SegmentStamp($0) }
    switch cache.take(plan, on: snapshot.version, use: use) {
    case .none: return nil
    case .taken(let state):
      if use != .recurring, Set(state.merged.parts.keys) == Set(stamps) {
        cache.giveBack(state, of: plan)
        return nil
      }
      return try answer(plan, state, from: cache, stamps, scan)
    case .new:
      do throws(StoreError) {
        guard let shape = StateShape(try scan.compiled(plan, segment: nil)) else {
          cache.refuse(plan)
          return nil
        }
        let state = PlanState(shape, attributes: attributeStamps(of: plan))
        let table = try answer(plan, state, from: cache, stamps, scan)
        return use == .recurring ? table : nil
      } catch {
        cache.giveBack(nil, of: plan)
        throw error
      }
    }
  }

  private func answer(
    _ plan: ScanPlan,
    _ state: PlanState,
    from cache: StateCache,
    _ stamps: [SegmentStamp],
    _ scan: SegmentScan
  ) throws(StoreError) -> ResultTable? {
    do throws(StoreError) {
      guard let statistics = try update(state, stamps, plan, scan, cache.groupLimit) else {
        cache.refuse(plan)
        return nil
      }
      try scan.budget.check(groups: state.merged.rows.count)
      let result = MergedResult(
        shape: state.shape,
        state: state.merged,
        texts: ResultTexts(
          dictionaries: snapshot.dictionaries,
          programTexts: state.texts.texts
        )
      )
      let table = try result.table(statistics)
      cache.giveBack(state, of: plan)
      return table
    } catch {
      cache.giveBack(nil, of: plan)
      throw error
    }
  }

  /// Brings a plan's state to this snapshot; nil where the states of segments do not add up or have
  /// too many groups.
  private func update(
    _ state: PlanState,
    _ stamps: [SegmentStamp],
    _ plan: ScanPlan,
    _ scan: SegmentScan,
    _ groupLimit: Int
  ) throws(StoreError) -> ScanStatistics? {
    var known = state.merged.parts
    let attributes = attributeStamps(of: plan)
    if attributes != state.attributes {
      state.attributes = attributes
      known = [:]
    }
    let wanted = Set(stamps)
    if !known.keys.allSatisfy(wanted.contains) || known.count < state.merged.parts.count {
      // Rows went away, or were looked up elsewhere: the states that still hold are added anew.
      state.merged = MergedState(state.shape)
      for stamp in stamps {
        if let part = known[stamp] { state.merged.add(part, of: stamp) }
      }
    }
    var statistics = ScanStatistics()
    for (segment, stamp) in stamps.enumerated() {
      if state.merged.parts[stamp] != nil {
        statistics.reusedSegments += 1
        continue
      }
      guard let (groups, added) = try scan.run(plan, segment: segment) else { return nil }
      let reader = StateReader(groups)
      guard reader.groupCount <= groupLimit, let part = reader.read(&state.texts) else {
        return nil
      }
      state.merged.add(part, of: stamp)
      statistics += added
    }
    return statistics
  }

  /// The segments of the tables in which a plan looks attributes up.
  private func attributeStamps(of plan: ScanPlan) -> [String: [SegmentStamp]] {
    var stamps: [String: [SegmentStamp]] = [:]
    for name in plan.attributeTables {
      stamps[name] = snapshot.table(name)?.segments.map { SegmentStamp($0) } ?? []
    }
    return stamps
  }
}

/// Scans single segments for their states.
struct SegmentScan {
  let snapshot: Snapshot
  let attributes: AttributeCache
  let pool: ScanPool
  let bitBudget: Int
  let budget: ScanBudget

  /// Compiles a plan for one segment, or for none to learn what its columns are.
  func compiled(_ plan: ScanPlan, segment: Int?) throws(StoreError) -> CompiledPlan {
    try CompiledPlan(
      plan,
      on: snapshot,
      attributes: attributes,
      bitBudget: bitBudget,
      threads: pool.threads,
      scope: segment.map { .segment($0) } ?? .nothing
    )
  }

  /// Returns the groups of one segment, and what was done for them; nil where a scan for states needs
  /// more memory than it may take, since it keeps sets that a plain one only counts.
  func run(
    _ plan: ScanPlan,
    segment: Int
  ) throws(StoreError) -> (state: GroupState, statistics: ScanStatistics)? {
    let before = budget.byteCount
    defer { budget.release(bytes: budget.byteCount - before) }
    do throws(StoreError) {
      let compiled = try compiled(plan, segment: segment)
      return try LocalScan(compiled, pool: pool, budget: budget).run()
    } catch .limitReached(ScanBudget.memoryLimit, _) {
      return nil
    }
  }
}
