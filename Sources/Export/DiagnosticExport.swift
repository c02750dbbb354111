public import QueryLang

/// Diagnostics as JSON, for editors and programs.
public enum DiagnosticExport {
  /// Returns a list of diagnostics as one JSON array, in the order given.
  public static func json(_ diagnostics: [Diagnostic], source: SourceText) -> String {
    var writer = JSONWriter()
    write(diagnostics, source: source, to: &writer)
    return writer.text
  }

  /// Writes a list of diagnostics as a JSON array.
  ///
  /// Spans are UTF-8 offsets with line and column (Unicode scalars, both from 1) of their start.
  public static func write(
    _ diagnostics: [Diagnostic],
    source: SourceText,
    to writer: inout JSONWriter
  ) {
    writer.array { writer in
      for diagnostic in diagnostics { write(diagnostic, source: source, to: &writer) }
    }
  }

  private static func write(
    _ diagnostic: Diagnostic,
    source: SourceText,
    to writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.key("code")
      writer.string(diagnostic.id.code)
      writer.key("severity")
      writer.string(diagnostic.severity.rawValue)
      writer.key("message")
      writer.string(diagnostic.message)
      if let label = diagnostic.label {
        writer.key("label")
        writer.string(label)
      }
      writer.key("span")
      write(diagnostic.span, source: source, to: &writer)
      writer.key("related")
      writer.array { writer in
        for related in diagnostic.related { write(related, source: source, to: &writer) }
      }
      writer.key("notes")
      writer.array { writer in diagnostic.notes.forEach { writer.string($0) } }
      writer.key("fixes")
      writer.array { writer in diagnostic.fixes.forEach { write($0, to: &writer) } }
    }
  }

  private static func write(
    _ related: RelatedSpan,
    source: SourceText,
    to writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.key("span")
      write(related.span, source: source, to: &writer)
      writer.key("label")
      writer.string(related.label)
    }
  }

  private static func write(_ span: SourceSpan, source: SourceText, to writer: inout JSONWriter) {
    let location = source.location(of: span.start)
    writer.object { writer in
      writer.key("start")
      writer.integer(span.start)
      writer.key("end")
      writer.integer(span.end)
      writer.key("line")
      writer.integer(location.line)
      writer.key("column")
      writer.integer(location.column)
    }
  }

  private static func write(_ fix: Fix, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("title")
      writer.string(fix.title)
      writer.key("safe")
      writer.bool(fix.confidence == .safe)
      writer.key("edits")
      writer.array { writer in
        for edit in fix.edits {
          writer.object { writer in
            writer.key("start")
            writer.integer(edit.span.start)
            writer.key("end")
            writer.integer(edit.span.end)
            writer.key("text")
            writer.string(edit.text)
          }
        }
      }
    }
  }
}
