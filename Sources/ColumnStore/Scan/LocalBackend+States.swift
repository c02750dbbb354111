extension LocalBackend {
  /// Answers a plan from its groups in an earlier version, and the rows that changed since.
  ///
  /// - Returns: Nil where the plan has to be scanned in full; the groups are forgotten then.
  func answer(
    _ plan: ScanPlan,
    from state: PlanState,
    in cache: StateCache,
    _ scan: ChangeScan
  ) throws(StoreError) -> ResultTable? {
    do throws(StoreError) {
      guard let table = snapshot.table(plan.table),
        let statistics = try update(state, plan, table, scan)
      else { return nil }
      try scan.budget.check(groups: state.merged.liveCount)
      let candidates = state.merged.candidates(state.shape)
      let result = MergedResult(
        shape: state.shape,
        state: state.merged,
        texts: ResultTexts(
          dictionaries: snapshot.dictionaries,
          programTexts: state.texts.texts
        )
      )
      let answer = try result.table(among: candidates, statistics)
      cache.giveBack(state, of: plan)
      return answer
    } catch {
      // Groups are brought to a version whole or not at all, so they still are those of one.
      cache.giveBack(state, of: plan)
      throw error
    }
  }

  /// Brings a plan's groups to this snapshot; nil where they cannot be.
  private func update(
    _ state: PlanState,
    _ plan: ScanPlan,
    _ table: TableSnapshot,
    _ scan: ChangeScan
  ) throws(StoreError) -> ScanStatistics? {
    var statistics = ScanStatistics()
    if state.rows.isCurrent(table, plan, snapshot) {
      state.rows.carry(to: snapshot.version)
      statistics.reusedSegments = table.segments.count
      return statistics
    }
    guard let change = state.rows.change(to: table, plan, snapshot),
      let groups = try scan.run(plan, change, of: table, &state.texts, &statistics),
      state.merged.apply(groups)
    else { return nil }
    state.rows = TableRows(table, plan, snapshot)
    return statistics
  }

  /// Keeps the groups that a scan of all rows has found, if they can be brought to later versions.
  func keep(
    _ groups: GroupState,
    of plan: ScanPlan,
    in cache: StateCache,
    _ scan: ChangeScan
  ) throws(StoreError) {
    guard let table = snapshot.table(plan.table), !plan.attributeTables.contains(plan.table),
      let shape = try scan.shape(of: plan)
    else { return cache.refuse(plan) }
    let reader = StateReader(groups)
    guard cache.hasRoom(MergedState.byteCount(ofGroups: reader.groupCount, shape)) else {
      return cache.refuse(plan)
    }
    var texts = TextTable()
    guard let found = reader.read(&texts) else { return cache.refuse(plan) }
    let rows = TableRows(table, plan, snapshot)
    let state = PlanState(shape, MergedState(found, shape), rows, texts)
    _ = state.merged.candidates(shape)
    cache.giveBack(state, of: plan)
  }
}
