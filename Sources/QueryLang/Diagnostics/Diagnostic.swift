/// A message about a source text, for a person and for an editor.
///
/// The message says what is wrong in one sentence of business words, the notes say why, the fixes
/// say what to write.
public struct Diagnostic: Sendable, Hashable {
  /// What kind of message it is.
  public var id: DiagnosticID
  /// One sentence, names quoted as written, without a full stop.
  public var message: String
  /// The smallest span that has to change.
  public var span: SourceSpan
  /// A few words beside the marked span, or nil.
  public var label: String?
  /// Other places that take part.
  public var related: [RelatedSpan]
  /// Sentences below the text, each with its heading, such as `why: …` or `note: …`.
  public var notes: [String]
  /// Edits that would help, the best first.
  public var fixes: [Fix]

  /// Makes a diagnostic.
  public init(
    _ id: DiagnosticID,
    _ message: String,
    at span: SourceSpan,
    label: String? = nil
  ) {
    self.id = id
    self.message = message
    self.span = span
    self.label = label
    self.related = []
    self.notes = []
    self.fixes = []
  }

  /// The severity of its kind.
  public var severity: DiagnosticSeverity { id.severity }

  /// Returns the diagnostic with another place that takes part.
  public func relating(_ span: SourceSpan, _ label: String? = nil) -> Diagnostic {
    var copy = self
    copy.related.append(RelatedSpan(span: span, label: label))
    return copy
  }

  /// Returns the diagnostic with another sentence below it.
  public func noting(_ note: String) -> Diagnostic {
    var copy = self
    copy.notes.append(note)
    return copy
  }

  /// Returns the diagnostic with another fix.
  public func fixing(_ fix: Fix) -> Diagnostic {
    var copy = self
    copy.fixes.append(fix)
    return copy
  }
}

/// Another place that a diagnostic is about.
public struct RelatedSpan: Sendable, Hashable {
  /// The place.
  public let span: SourceSpan
  /// A few words beside it, or nil.
  public let label: String?

  /// Makes a related place.
  public init(span: SourceSpan, label: String?) {
    self.span = span
    self.label = label
  }
}

/// A named set of edits that answers a diagnostic.
public struct Fix: Sendable, Hashable {
  /// Whether an editor may apply it without asking.
  public enum Confidence: Sendable, Hashable {
    /// It may be applied on save.
    case safe
    /// A person decides.
    case suggested
  }

  /// Where a rendered message shows it.
  public enum Display: Sendable, Hashable {
    /// In a line of its own below the text.
    case listed
    /// Nowhere, since the label says it already.
    case inLabel
  }

  /// What it does, or the text that results.
  public var title: String
  /// The edits; they don't overlap.
  public var edits: [TextEdit]
  /// Whether an editor may apply it without asking.
  public var confidence: Confidence
  /// Where a rendered message shows it.
  public var display: Display

  /// Makes a fix.
  public init(
    _ title: String,
    edits: [TextEdit],
    _ confidence: Confidence = .suggested,
    display: Display = .listed
  ) {
    self.title = title
    self.edits = edits
    self.confidence = confidence
    self.display = display
  }

  /// Returns the source with the edits made.
  public func applied(to source: SourceText) -> String {
    applied(to: source, within: SourceSpan(start: 0, end: source.byteCount))
  }

  /// Returns a part of the source with the edits made that lie in it.
  func applied(to source: SourceText, within part: SourceSpan) -> String {
    var result: [UInt8] = []
    var position = part.start
    for edit in edits.sorted(by: { $0.span.start < $1.span.start })
    where edit.span.start >= position && edit.span.end <= part.end {
      result += source.bytes[position..<edit.span.start]
      result += Array(edit.text.utf8)
      position = edit.span.end
    }
    result += source.bytes[position..<part.end]
    return String(decoding: result, as: UTF8.self)
  }
}

/// The replacement of a span by a text.
public struct TextEdit: Sendable, Hashable {
  /// What goes away; empty for an insertion.
  public let span: SourceSpan
  /// What comes in its place; empty for a removal.
  public let text: String

  /// Makes an edit.
  public init(_ span: SourceSpan, _ text: String) {
    self.span = span
    self.text = text
  }
}
