import ColumnStore

/// Cuts a block of UTF-8 text into rows of fields (RFC 4180, with any one-byte delimiter).
///
/// A field may be quoted; inside quotes delimiters and line ends are text and a doubled quote is a
/// quote. Lines end with LF, CR LF or CR. Where a row begins, lines count every line end before it.
/// Fields are ranges of the block; only what has doubled quotes is copied.
///
/// ```
///            quote                    quote             other
///  start ───────────▶ quoted ───────────────▶ closing ────────▶ tail (flaw)
///    │ other             ▲        quote          │ │ delimiter, line end
///    ▼                   └───────────────────────┘ ▼
///  plain ── delimiter, line end ──▶ start        start
/// ```
///
/// The plain and the starting state need no telling apart: a quote opens a field where it begins.
struct CSVDecoder: Sendable {
  /// How a table is cut into fields.
  struct Dialect: Sendable, Hashable {
    /// The byte between fields.
    var delimiter: UInt8
    /// Tells whether quotes group; tab-separated exports of channels do not quote.
    var isQuoted: Bool

    static let comma = Dialect(delimiter: UInt8(ascii: ","), isQuoted: true)
    static let tab = Dialect(delimiter: UInt8(ascii: "\t"), isQuoted: false)
  }

  /// How many fields rows have.
  enum Shape: Sendable, Hashable {
    /// As many as the header; rows that do not fit are flagged.
    case fields(Int)
    /// As many as they like, for the top of a file; no more rows than a limit.
    case ragged(rowLimit: Int)
  }

  let dialect: Dialect
  let shape: Shape
  /// The instructions that the search for delimiters may use.
  let level: KernelLevel

  /// Makes a decoder.
  init(dialect: Dialect, shape: Shape, level: KernelLevel = .ofEnvironment) {
    self.dialect = dialect
    self.shape = shape
    self.level = level
  }

  /// Decodes a block that begins where a row begins.
  ///
  /// The last block of a file needs no line end after its last row; of others the bytes after the
  /// last complete row are left.
  func decode(_ block: ByteBlock) -> DecodedBlock {
    var pass = DecodingPass(self, block: block)
    pass.run(block.bytes.span)
    return pass.result(of: block)
  }
}
