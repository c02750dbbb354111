import ColumnStore

/// One page of canonical rows, and what its rows say about listings, places and customers.
struct CanonicalPage: Sendable {
  /// What a row says about the listing that it sold.
  struct Listing: Sendable, Equatable {
    var sku: String
    var title: String?
    var brand: String?
    var category: String?
    /// The version of the row that said so.
    var version: Int64
  }

  /// The customers of the rows, for their first orders.
  struct Buyers: Sendable {
    /// A code a row of the batch into `keys`, or `none`.
    var codes: [UInt32]
    /// The keys of customers; one may come twice.
    var keys: TextList
    /// Where in the bytes of each key the id begins that reports show.
    var idStart: Int
    var days: [Int64]
    /// Microseconds UTC; `Int64.max` where only the day is known.
    var instants: [Int64]

    static let none = UInt32.max
  }

  /// A last line that ends early and without a line end, and that cannot be read for that.
  struct CutOff: Sendable, Equatable {
    let line: Int
    /// The fields that are there.
    let found: Int
  }

  /// The rows that could be read.
  var batch: RowBatch
  /// Rows of the page, readable or not, without those that the definition drops.
  var readCount: Int
  /// The rows that could not be read, in the order of the file.
  var issues: [MappingIssue]
  /// By product key.
  var listings: [String: Listing]
  /// By place key.
  var places: [String: PlaceName]
  /// Nil where the table or the definition has no customers.
  var buyers: Buyers?
  /// Nil where the file ends with a line end, or its last line can be read.
  var cutOff: CutOff?
}
