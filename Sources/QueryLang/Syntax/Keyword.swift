/// A word with a meaning in the grammar.
///
/// Reserved words need quotes as names; all others are ordinary names that gain their meaning by
/// position.
enum Keyword: String, CaseIterable, Sendable {
  case all, and, any, `as`, asc, between, bottom, by, `case`, chart, cohort, compare, contains
  case covered, cumulative, currency, define, desc, describe, distinct, drop, during, `else`, end
  case ends, explain, `false`, fill, filter, `for`, format, from, has, having, `in`, `is`, last,
    like
  case limit, matches, not, null, of, or, order, per, pivot, previous, rolling, select, show, since
  case starts, table, target, then, this, timezone, to, today, top, totals, `true`, until, when
  case `where`, with, within, yesterday

  case aka, average, bool, cohorts, count, current, date, `default`, description, dimension
  case dimensions, empty, first, full, including, label, lineage, linear, match, max, median, metric
  case metrics, min, money, none, nulls, number, offset, others, param, params, percent, percentile
  case period, periods, plan, rank, replace, retention, segment, segments, share, shared, shown, sql
  case string, sum, tables, time, timestamp, total, type, types, unknown, values, weekday, zero

  /// Whether the word needs quotes to be a name.
  var isReserved: Bool {
    switch self {
    case .all, .and, .any, .as, .asc, .between, .bottom, .by, .case, .chart, .cohort, .compare,
      .contains, .covered, .cumulative, .currency, .define, .desc, .describe, .distinct, .drop,
      .during, .else, .end, .ends, .explain, .false, .fill, .filter, .for, .format, .from, .has,
      .having, .in, .is, .last, .like, .limit, .matches, .not, .null, .of, .or, .order, .per,
      .pivot,
      .previous, .rolling, .select, .show, .since, .starts, .table, .target, .then, .this,
      .timezone,
      .to, .today, .top, .totals, .true, .until, .when, .where, .with, .within, .yesterday:
      true
    case .aka, .average, .bool, .cohorts, .count, .current, .date, .default, .description,
      .dimension, .dimensions, .empty, .first, .full, .including, .label, .lineage, .linear, .match,
      .max, .median, .metric, .metrics, .min, .money, .none, .nulls, .number, .offset, .others,
      .param, .params, .percent, .percentile, .period, .periods, .plan, .rank, .replace, .retention,
      .segment, .segments, .share, .shared, .shown, .sql, .string, .sum, .tables, .time, .timestamp,
      .total, .type, .types, .unknown, .values, .weekday, .zero:
      false
    }
  }

  /// The word in the capitals of the canonical format.
  var spelling: String { rawValue.uppercased() }

  /// Makes the keyword that a word spells, in any mix of cases.
  init?(spelledBy word: String) {
    self.init(rawValue: word.lowercased())
  }

  /// Whether a name can stand in a report without quotes.
  static func canBeWrittenPlain(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard let first = bytes.first, Lexer.isNameStart(first) else { return false }
    guard bytes.allSatisfy({ Lexer.isNamePart($0) }) else { return false }
    if let keyword = Keyword(spelledBy: name), keyword.isReserved {
      return false
    }
    return !Lexer.beginsFiscalDate(bytes[...])
  }
}
