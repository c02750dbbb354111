import ColumnStore
public import Commerce

/// A channel as its YAML file describes it: what it is, and the data sets that it delivers.
public struct ChannelDefinition: Sendable {
  /// The slug in reports.
  public let name: String
  /// What people call it.
  public let label: String
  /// How it sells.
  public let kind: ChannelKind
  /// The zone of its business day, as an identifier of the tz database.
  public let timeZone: String
  /// The currency where a row has none.
  public let currency: String
  /// What `revenue` means here.
  public let valueBasis: ValueBasis
  /// How sure the description is: `documented`, `observed` or `assumed`.
  public let evidence: String
  /// The data sets, in the order of the file.
  public let datasets: [DatasetDefinition]
  /// The file or the name of the resource that it was read from.
  public let source: String
  /// SHA-256 of the definition's text; another text means another import.
  public let digest: String
}

/// One kind of file that a channel delivers, and how its rows become canonical ones.
public struct DatasetDefinition: Sendable {
  /// What an import does with the rows that are there.
  public enum Mode: String, Sendable, CaseIterable {
    /// The newest state of a row wins.
    case upsert
    /// Rows are added by their key.
    case append
    /// Rows replace everything that was known about their slice.
    case replaceSlice = "replace_slice"
  }

  /// The name inside its channel.
  public internal(set) var name: String
  /// What people call it.
  public internal(set) var label: String
  /// The table that it feeds: a canonical one, or one that a semantic model declares.
  public var table: String { shape.schema.name }
  let shape: TableShape
  /// What happens to rows that are there.
  public internal(set) var mode: Mode
  /// Canonical columns that name a slice.
  public internal(set) var slice: [String]
  /// How the file is built.
  var file: FileRule
  /// Headers that a file of this data set has.
  var recognised: [String]
  /// Headers that may be there and are left out on purpose.
  var known: [String]
  /// Further generations, already merged with the base.
  var variants: [DatasetDefinition]
  /// The natural key in canonical columns.
  public internal(set) var key: [String]
  /// The source column that orders versions of a row.
  var version: ColumnRule?
  /// Source columns that make lines of one file alike.
  var occurrence: [String]
  /// Columns that only the first line of several has.
  var carry: CarryRule?
  /// How each canonical column comes about, in the order of the file.
  var columns: [NamedRule]
  /// What the data set can answer.
  public internal(set) var capabilities: [String]
  /// Days after which figures no longer move.
  public internal(set) var settleDays: Int
}

/// A canonical column and its rule.
struct NamedRule: Sendable {
  let name: String
  var rule: ColumnRule
}

/// How a file of a data set is built.
struct FileRule: Sendable {
  enum Format: String, Sendable, CaseIterable {
    case csv
    case tsv
  }

  enum Header: Sendable, Equatable {
    case auto
    case line(Int)
    case none([String])
  }

  var format: Format?
  var header = Header.auto
  var areShortRowsAllowed = false
  var skippedRows: [SkipRule] = []
  var nameDates: [DatePattern] = []
}

/// Rows that are dropped: those whose field matches a pattern.
struct SkipRule: Sendable {
  let column: String
  let pattern: String
}

/// Source columns whose blank fields are filled from the line before while `by` stays the same.
struct CarryRule: Sendable {
  let by: String
  let columns: [String]
}
