import QueryLang

/// Bugs that are planted by asking our side for another report.
extension PlantedBug {
  /// Replaces the first metric among the columns that `change` knows another one for.
  private static func column(
    _ sketch: ReportSketch,
    _ change: (Phrase) -> Phrase?
  ) -> ReportSketch? {
    for place in sketch.columns.indices {
      if let phrase = sketch.columns[place].phrase.replacing(change) {
        var changed = sketch
        changed.columns[place].phrase = phrase
        return changed
      }
    }
    return nil
  }

  static let negatedBlank = PlantedBug(
    name: "NOT of a test of a blank is false",
    kind: .report { sketch, _ in
      guard let filter = sketch.filter else { return nil }
      let phrase = filter.replacing { phrase in
        guard phrase.sort == .rowCondition, phrase.features.contains(.notEqual),
          let subject = phrase.inner.first, subject.sort == .row
        else { return nil }
        return Phrase(.rowCondition, "(\(phrase) AND \(subject) IS NOT NULL)")
      }
      guard let phrase else { return nil }
      var changed = sketch
      changed.filter = phrase
      return changed
    }
  )

  static let summedOthers = PlantedBug(
    name: "others are added up from their members",
    kind: .report { sketch, result in
      guard result.rowKinds.contains(.others), sketch.tops.count == 1,
        let top = sketch.tops.first?.text.split(separator: " "), top.count > 2,
        let key = sketch.keys.first(where: { ($0.alias ?? $0.name) == top[2] })
      else { return nil }
      return column(sketch) { phrase in
        let counts: Set<Feature> = [.countDistinct, .countMembers]
        guard phrase.sort == .metric, !phrase.features.isDisjoint(with: counts) else { return nil }
        return Phrase(.metric, "(SUM OF (\(phrase)) PER \(key.name))")
      }
    }
  )

  static let shownTotals = PlantedBug(
    name: "totals are of the shown rows only",
    kind: .report { sketch, _ in
      guard let totals = sketch.totals, !totals.features.contains(.totalsShown),
        sketch.having != nil || sketch.limit != nil
      else { return nil }
      var changed = sketch
      changed.totals = Phrase(
        .other,
        "TOTALS SHOWN\(String(totals.text.dropFirst("TOTALS".count)))"
      )
      return changed
    }
  )

  static let averagedRatios = PlantedBug(
    name: "a ratio is an average of ratios",
    kind: .report { sketch, _ in
      column(sketch) { phrase in
        guard phrase.sort == .metric, phrase.features.contains(.divide), !phrase.inner.isEmpty
        else { return nil }
        return Phrase(.metric, "(AVERAGE OF (\(phrase)) PER month)")
      }
    }
  )

  static let summedCounts = PlantedBug(
    name: "different values are counted by month and added up",
    kind: .report { sketch, _ in
      column(sketch) { phrase in
        guard phrase.sort == .metric, phrase.features.contains(.countDistinct) else { return nil }
        return Phrase(.metric, "(SUM OF (\(phrase)) PER month)")
      }
    }
  )

  static let earlyLimit = PlantedBug(
    name: "LIMIT comes before ORDER BY",
    kind: .report { sketch, _ in
      guard sketch.limit != nil, !sketch.order.isEmpty else { return nil }
      var changed = sketch
      changed.order = []
      return changed
    }
  )

  static let turnedCoalesce = PlantedBug(
    name: "COALESCE takes the last value",
    kind: .report { sketch, _ in
      column(sketch) { phrase in
        guard phrase.sort == .metric, phrase.features.contains(.coalesce), phrase.inner.count == 2
        else { return nil }
        return Phrase(.metric, "COALESCE(\(phrase.inner[1]), \(phrase.inner[0]))")
      }
    }
  )

  static let daysForMonths = PlantedBug(
    name: "PREVIOUS goes back 30 days for a month",
    kind: .report { sketch, _ in
      column(sketch) { phrase in
        guard phrase.features.contains(.metricPrevious), let inner = phrase.inner.first,
          case .text(let step) = phrase.pieces.last
        else { return nil }
        let days: Int
        switch step {
        case "month", "1 month": days = 30
        case "2 months": days = 60
        case "quarter", "1 quarter", "3 months", "fiscal_quarter": days = 90
        case "year", "fiscal_year": days = 360
        default: return nil
        }
        return Phrase(.metric, "\(inner) PREVIOUS \(days) days")
      }
    }
  )

  /// A day moved back by months in the calendar, running over into the next one.
  private static func runningOver(_ day: Int32, _ months: Int) -> Int32 {
    let civil = CivilDay(number: day)
    let month = CivilDay(year: civil.year, month: civil.month, day: 1).adding(months: -months)
    return month.number + Int32(civil.day - 1)
  }

  private static let lengths = [
    "month": 1, "quarter": 3, "year": 12, "fiscal_year": 12, "1 year": 12, "2 months": 2,
    "3 months": 3,
  ]

  static let noClamp = PlantedBug(
    name: "the end of a month is not kept",
    kind: .report { sketch, result in
      guard sketch.comparisons.count == 1, let own = result.header.period,
        let then = result.header.baselines.first, then.cutDayCount == 0
      else { return nil }
      let text = sketch.comparisons[0].text
      let step = text.dropFirst("PREVIOUS ".count)
      guard let months = lengths[String(step)] else { return nil }
      let (from, to) = (runningOver(own.from, months), runningOver(own.to, months))
      guard from <= to, from != then.period.from || to != then.period.to else { return nil }
      var changed = sketch
      changed.comparisons = [Phrase(.other, "\(World.day(from)) TO \(World.day(to)) FULL")]
      return changed
    }
  )
}
