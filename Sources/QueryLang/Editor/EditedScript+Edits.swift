/// A fix with the diagnostic that it answers.
public struct OfferedFix: Sendable, Hashable {
  /// What is wrong.
  public var diagnostic: Diagnostic
  /// What would help.
  public var fix: Fix
  /// Whether it is the one that an editor should prefer.
  public var isPreferred: Bool
}

extension EditedScript {
  /// Returns the fixes of the diagnostics that touch a span, in the order of the text.
  public func fixes(touching span: SourceSpan) -> [OfferedFix] {
    let touching = diagnostics.filter { $0.span.start <= span.end && span.start <= $0.span.end }
    return touching.flatMap { diagnostic in
      diagnostic.fixes.enumerated().map { index, fix in
        OfferedFix(
          diagnostic: diagnostic,
          fix: fix,
          isPreferred: index == 0 && fix.confidence == .safe
        )
      }
    }
  }

  /// Returns the edits that bring the text into the canonical format: none when it is formatted
  /// already, nil when it has errors.
  public func formatting() -> [TextEdit]? {
    guard case .formatted(let text) = SyntaxPrinter.format(source) else { return nil }
    let (old, new) = (source.bytes, Array(text.utf8))
    guard old != new else { return [] }
    var start = 0
    while start < old.count, start < new.count, old[start] == new[start] { start += 1 }
    var kept = 0
    while kept < old.count - start, kept < new.count - start,
      old[old.count - 1 - kept] == new[new.count - 1 - kept]
    {
      kept += 1
    }
    // A change begins and ends between characters.
    while start > 0, start < old.count, old[start] & 0xC0 == 0x80 { start -= 1 }
    while kept > 0, old[old.count - kept] & 0xC0 == 0x80 { kept -= 1 }
    let span = SourceSpan(start: start, end: old.count - kept)
    let part = String(decoding: new[start..<(new.count - kept)], as: UTF8.self)
    return [TextEdit(span, part)]
  }
}
