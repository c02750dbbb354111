public import ColumnStore

/// What can go wrong with an import as a whole; single rows go to quarantine instead.
///
/// Cases carry data; the sentence is in `description`: where, what, and what to do.
public enum IngestError: Error, Sendable {
  /// A file could not be opened or read.
  case unreadable(path: String, reason: String)
  /// A file in the data directory could not be written.
  case unwritable(path: String, reason: String)
  /// The bytes are not a text table.
  case notText(path: String, found: String, remedy: String)
  /// The file has no bytes, or a header and nothing else.
  case empty(path: String)
  /// The file stops inside a quoted field.
  case unterminatedQuote(path: String, line: Int)
  /// The file stops inside its last line.
  case cutOff(path: String, line: Int, found: Int, expected: Int)
  /// A field or a line is longer than the decoder accepts.
  case oversized(path: String, line: Int, limit: String)
  /// No channel, data set or definition of that name.
  case unknownName(kind: String, name: String, known: [String], suggestion: String?)
  /// The file belongs to another data set than the one asked for.
  case wrongChannel(path: String, asked: String, found: String)
  /// The headers fit no known data set.
  case unknownColumns(path: String, nearest: String, missing: [String], unexpected: [String])
  /// Several data sets fit the headers.
  case ambiguous(path: String, candidates: [String])
  /// A channel definition has mistakes.
  case definition([DefinitionProblem])
  /// No line could be read.
  case nothingReadable(path: String, rows: Int, first: MappingIssue?)
  /// A strict import met lines that cannot be read.
  case refusedByStrict(path: String, rows: Int, first: MappingIssue?)
  /// A file that replaces slices has lines that cannot be read.
  case refusedSlice(path: String, rows: Int, issues: [MappingIssue])
  /// No date is known that could order this file among others.
  case noVersion(path: String)
  /// The store refused.
  case store(StoreError)
}

extension IngestError: CustomStringConvertible {
  /// The sentence for a person, with the place and what to do.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): could not be read: \(reason)"
    case .unwritable(let path, let reason): "\(path): could not be written: \(reason)"
    case .notText(let path, let found, let remedy):
      "\(path): this is \(found), not a text table; \(remedy)"
    case .empty(let path): "\(path): the file has no rows; export it again"
    case .unterminatedQuote(let path, let line):
      "\(path):\(line): the quote that opens on this line never closes, so half of the file is "
        + "missing; export or download it again"
    case .cutOff(let path, let line, let found, let expected):
      "\(path):\(line): the file ends in the middle of this line (\(found) of \(expected) fields), "
        + "so the rest of it is missing; export or download it again"
    case .oversized(let path, let line, let limit):
      "\(path):\(line): the field or line that begins here is longer than \(limit); "
        + "check whether a quote is missing, or the file is not a table"
    case .unknownName(let kind, let name, let known, let suggestion):
      "there is no \(kind) \(name)" + (suggestion.map { "; did you mean \($0)?" } ?? "")
        + " (known: \(known.joined(separator: ", ")))"
    case .wrongChannel(let path, let asked, let found):
      "\(path): asked to import \(asked), but the columns are those of \(found); "
        + "import it as \(found), or pick the right file"
    case .unknownColumns(let path, let nearest, let missing, let unexpected):
      "\(path): the columns fit no known data set; the nearest is \(nearest)"
        + IngestError.list("missing", missing) + IngestError.list("unexpected", unexpected)
        + "; export the file with these columns, or describe it with --definition FILE.yaml"
    case .ambiguous(let path, let candidates):
      "\(path): the columns fit \(candidates.joined(separator: " and ")); "
        + "say which with --channel or --dataset"
    case .definition(let problems):
      problems.map(\.description).joined(separator: "\n")
    case .nothingReadable(let path, let rows, let first):
      "\(path): none of its \(rows) rows can be read"
        + (first.map { "; the first: \($0)" } ?? "")
    case .refusedByStrict(let path, let rows, let first):
      "\(path): \(rows) \(rows == 1 ? "row" : "rows") cannot be read and --strict refuses the file"
        + (first.map { "; the first: \($0)" } ?? "")
    case .refusedSlice(let path, let rows, let issues):
      ([
        "\(path): \(rows) \(rows == 1 ? "row" : "rows") cannot be read; the file replaces what is "
          + "known of its slices, so nothing of it is taken until all rows can be read"
      ]
        + issues.map(\.description)).joined(separator: "\n")
    case .noVersion(let path):
      "\(path): neither its rows nor its name tell a date; give the day of the export with "
        + "--as-of YYYY-MM-DD"
    case .store(let error): error.description
    }
  }

  private static func list(_ title: String, _ names: [String]) -> String {
    guard !names.isEmpty else { return "" }
    let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    let rest = names.count > 8 ? " and \(names.count - 8) more" : ""
    return "; \(title): \(shown)\(rest)"
  }
}
